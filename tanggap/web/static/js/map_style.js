/**
 * The style of the map, light and night by the theme's tokens: land and sea, streets by class, green, buildings, names, marks. It is
 * complete without tiles: then the areas of the catalogue and the most important places are all there is. Layers of tiles are those
 * of location/basemap/kinds.py. Names are drawn by the graphics card with fonts of the device, so no fonts come from a server, and
 * no two names lie on each other.
 */

import { NOTHING, token } from "./map_drawing.js";
import { ICON_OF } from "./map_icons.js";
import { POINT_SOURCES, pointLayers } from "./map_points.js";

/** Names of kecamatan below this zoom, of kelurahan from it on. */
const KELURAHAN_ZOOM = 12.2;
/** The weight is read from the first name, which no device has; the others follow the page's own font. */
const PLAIN = ["Map Regular", "system-ui", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans"];
const STRONG = ["Map Semibold", ...PLAIN.slice(1)];

const get = (name) => ["get", name];
const isKind = (...kinds) => ["in", get("kind"), ["literal", kinds]];
const isShape = (...types) => ["in", ["geometry-type"], ["literal", types]];
const AREAS = isShape("Polygon", "MultiPolygon");
const LINES = isShape("LineString", "MultiLineString");
const byZoom = (base, ...stops) => ["interpolate", ["exponential", base], ["zoom"], ...stops];

/** Road kinds from the smallest: [kind, first zoom, width in px at that zoom and at 18, the token of its colour]. */
const ROADS = [
  ["path", 13.5, 0.6, 5, "map-road"],
  ["other", 13.5, 0.6, 5, "map-road"],
  ["minor_road", 12, 0.6, 14, "map-road"],
  ["major_road", 9, 0.8, 22, "map-main-road"],
  ["highway", 6, 0.8, 26, "map-main-road"],
];
const GREEN = ["park", "pitch", "cemetery", "wood", "forest", "wetland", "grass", "garden", "nature_reserve", "playground", "farmland"];
const BUILT = ["residential", "university", "school", "college", "hospital", "commercial", "industrial", "beach", "other"];

/** Everything: `areas` as GeoJSON, `base` what /peta/gaya.json told, `places` the address of points that are shown without tiles. */
export function styleOf({ areas, base, places }) {
  const sources = {
    areas: { type: "geojson", data: areas },
    names: { type: "geojson", data: namesOf(areas) },
    incidents: { type: "geojson", data: NOTHING },
    ...POINT_SOURCES,
  };
  if (base.tiles) sources.base = { type: "vector", url: `pmtiles://${new URL(base.tiles, location.href).href}` };
  if (!has(base, "pois")) sources.places = { type: "geojson", data: places ? new URL(places, location.href).href : NOTHING };
  return { version: 8, sources, layers: layersOf({ areas, base }) };
}

const has = (base, layer) => Boolean(base.tiles) && base.layers.includes(layer);

/** The layers with the colours of the theme in force, from the ground up. */
export function layersOf({ areas, base }) {
  const isOutlined = areas.features.some((one) => one.geometry.type !== "Point");
  const tiled = (name, layers) => (has(base, name) ? layers.map((one) => ({ source: "base", "source-layer": name, ...one })) : []);
  const ground = { id: "ground", type: "background", paint: { "background-color": token(isOutlined || has(base, "earth") ? "map-sea" : "map-land") } };
  const land = { type: "fill", filter: AREAS, paint: { "fill-color": token("map-land"), "fill-antialias": false } };
  return [
    ground,
    { id: "land", source: "areas", ...land },
    ...tiled("earth", [{ id: "earth", ...land }]),
    ...tiled("landuse", grounds()),
    ...tiled("water", waters()),
    ...tiled("buildings", [buildings()]),
    ...borders(base, tiled),
    ...tiled("roads", roads()),
    ...pointLayers(),
    ...tiled("water", [waterNames()]),
    ...tiled("roads", [roadNames()]),
    places(base),
    ...areaNames(),
    incidents(),
  ];
}

function grounds() {
  const fill = (id, kinds, colour, minzoom) => ({ id, type: "fill", minzoom, filter: ["all", AREAS, isKind(...kinds)], paint: { "fill-color": token(colour) } });
  return [fill("built", BUILT, "map-built", 11), fill("green", GREEN, "map-green", 9)];
}

function waters() {
  const colour = token("map-water");
  return [
    { id: "water", type: "fill", filter: AREAS, paint: { "fill-color": ["match", get("kind"), ["ocean", "sea"], token("map-sea"), colour] } },
    { id: "rivers", type: "line", filter: LINES, layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": colour, "line-width": byZoom(1.5, 10, 1, 14, 3, 18, 12) } },
  ];
}

function buildings() {
  return { id: "buildings", type: "fill", minzoom: 14, paint: { "fill-color": token("map-building"), "fill-opacity": byZoom(1, 14, 0, 15, 1) } };
}

/** Borders of the tiles are exact; those of the catalogue are simplified for the whole city. */
function borders(base, tiled) {
  const layout = { "line-join": "round" };
  const colour = token("map-line");
  if (!base.is_own || !has(base, "boundaries")) {
    return [{ id: "borders", type: "line", source: "areas", filter: AREAS, layout, paint: { "line-color": colour, "line-width": byZoom(1, 10, 0.6, 15, 1.6) } }];
  }
  return tiled("boundaries", [
    { id: "borders", type: "line", filter: isKind("kelurahan"), layout, paint: { "line-color": colour, "line-width": byZoom(1, 11, 0.5, 15, 1.2), "line-dasharray": [4, 2] } },
    { id: "borders-kecamatan", type: "line", filter: isKind("kecamatan"), layout, paint: { "line-color": colour, "line-width": byZoom(1, 10, 0.8, 15, 2) } },
  ]);
}

/** Streets with an edge, so that white ones stand out on light ground; all edges first, so that crossings are open. */
function roads() {
  const layout = { "line-join": "round", "line-cap": "round" };
  const layer = (id, kind, zoom, from, to, colour, more) => ({
    id: `${id}-${kind}`, type: "line", minzoom: zoom, filter: ["all", LINES, isKind(kind)], layout,
    paint: { "line-color": token(colour), "line-width": byZoom(1.6, zoom, from + more, 18, to + more) },
  });
  const edges = ROADS.map(([kind, zoom, from, to]) => layer("edge", kind, zoom, from, to, "map-casing", 1.4));
  const tops = ROADS.map(([kind, zoom, from, to, colour]) => layer("road", kind, zoom, from, to, colour, 0));
  const rail = { id: "rail", type: "line", minzoom: 10, filter: isKind("rail"), paint: { "line-color": token("map-line"), "line-width": 1.2, "line-dasharray": [4, 3] } };
  return [...edges, ...tops, rail];
}

const halo = (width = 1.4) => ({ "text-halo-color": token("map-land"), "text-halo-width": width });

function roadNames() {
  return {
    id: "road-names", type: "symbol", minzoom: 12.5, filter: ["all", LINES, ["has", "name"], [">=", ["zoom"], ["match", get("kind"), ["highway", "major_road"], 12.5, "minor_road", 14.5, 16]]],
    layout: {
      "symbol-placement": "line", "symbol-spacing": 320, "text-field": get("name"), "text-font": PLAIN, "text-size": byZoom(1, 13, 10.5, 17, 13),
      "text-max-angle": 35, "text-padding": 4,
    },
    paint: { "text-color": token("map-ink"), ...halo() },
  };
}

function waterNames() {
  return {
    id: "water-names", type: "symbol", minzoom: 12, filter: ["has", "name"],
    layout: { "symbol-placement": "line", "symbol-spacing": 400, "text-field": get("name"), "text-font": PLAIN, "text-size": 11, "text-letter-spacing": 0.05 },
    paint: { "text-color": token("map-water-ink"), ...halo() },
  };
}

/** Marks of places: the more important, the earlier; a name where there is room for it. */
function places(base) {
  const from = has(base, "pois") ? { source: "base", "source-layer": "pois" } : { source: "places" };
  const firstZoom = ["coalesce", get("min_zoom"), 15];
  return {
    id: "places", type: "symbol", ...from, minzoom: 10, filter: ["<=", firstZoom, ["+", ["zoom"], 0.5]],
    layout: {
      "icon-image": ["match", get("kind"), ...Object.entries(ICON_OF).flat(), "place-other"], "icon-size": byZoom(1, 11, 0.8, 15, 1), "icon-padding": 1,
      "text-field": get("name"), "text-font": PLAIN, "text-size": byZoom(1, 12, 10.5, 16, 12), "text-optional": true, "text-max-width": 9, "text-line-height": 1.1,
      "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.85, "text-justify": "auto", "text-padding": 3, "symbol-sort-key": firstZoom,
    },
    paint: { "text-color": token("map-ink"), ...halo() },
  };
}

function areaNames() {
  const paint = { "text-color": token("map-ink"), ...halo(1.8) };
  const layout = { "text-field": get("name"), "text-font": STRONG, "text-max-width": 7, "text-padding": 2 };
  return [
    { id: "kelurahan", type: "symbol", source: "names", minzoom: KELURAHAN_ZOOM, filter: ["==", get("level"), "kelurahan"], layout: { ...layout, "text-size": byZoom(1, 12, 11, 16, 14) }, paint },
    { id: "kecamatan", type: "symbol", source: "names", maxzoom: KELURAHAN_ZOOM, filter: ["==", get("level"), "kecamatan"], layout: { ...layout, "text-size": byZoom(1, 9, 10, 12, 13) }, paint },
  ];
}

function incidents() {
  return {
    id: "incidents", type: "symbol", source: "incidents",
    layout: {
      "icon-image": ["coalesce", get("priority"), "P4"], "icon-allow-overlap": true, "icon-size": ["match", get("priority"), "P1", 1.15, 1],
      "symbol-sort-key": ["match", get("priority"), "P1", 4, "P2", 3, "P3", 2, 1],
    },
  };
}

/** A point for each name: of kelurahan inside them, of kecamatan amid their kelurahan. */
function namesOf(areas) {
  const point = (name, level, coordinates) => ({ type: "Feature", properties: { name, level }, geometry: { type: "Point", coordinates } });
  const districts = new Map();
  const features = areas.features.map(({ properties, geometry }) => {
    const centre = properties.centre ?? (geometry.type === "Point" ? geometry.coordinates : [properties.rep_lon, properties.rep_lat]);
    districts.set(properties.kecamatan, [...(districts.get(properties.kecamatan) ?? []), centre]);
    return point(properties.nama, "kelurahan", centre);
  });
  for (const [name, centres] of districts) {
    const mean = (axis) => centres.reduce((sum, centre) => sum + centre[axis], 0) / centres.length;
    features.push(point(name, "kecamatan", [mean(0), mean(1)]));
  }
  return { type: "FeatureCollection", features };
}
