/**
 * The map, by MapLibre, which is fetched only when a map comes into sight. It needs no internet: tiles, kelurahan, places, incidents
 * and points come from this server. Everything it does can be done by words in the form beside it.
 *
 * Elements with `data-map` open by themselves (attributes as in components/map.html; `data-map="point"` shows one place). A script
 * gets the same by `openMap(element, options)`, which resolves to a CityMap. Events on the element, all bubbling:
 * `tanggap:point` {lat, lon} (clicked or dragged), `tanggap:candidate` {n}, `tanggap:incident` {id, label}.
 */

import { word } from "./page.js";
import { NOTHING, PRIORITIES, shapeImage } from "./map_drawing.js";
import { placeImages } from "./map_icons.js";
import { Points } from "./map_points.js";
import { layersOf, styleOf } from "./map_style.js";

const REFRESH_MS = 500;
const CLOSE_ZOOM = 15;
const vendor = (name) => new URL(`../vendor/${name}`, import.meta.url).href;

let library = null;
let protocol = null;

function loadLibrary() {
  library ??= (async () => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: vendor("maplibre-gl.css") });
    document.head.append(sheet);
    const maplibre = await import(vendor("maplibre-gl.mjs"));
    maplibre.setWorkerUrl(vendor("maplibre-gl-worker.mjs"));
    return maplibre;
  })();
  return library;
}

async function geojson(address) {
  if (!address) return NOTHING;
  const answer = await fetch(address, { headers: { accept: "application/geo+json" } }).catch(() => null);
  return answer?.ok ? answer.json() : NOTHING;
}

/** What the city has for the ground: tiles that are read in parts, or nothing. Their reader is fetched only where there are some. */
async function baseMap() {
  const nothing = { tiles: null, layers: [] };
  const answer = await fetch("/peta/gaya.json").catch(() => null);
  const base = answer?.ok ? await answer.json() : nothing;
  if (!base.tiles) return base;
  const reader = await import(vendor("pmtiles.mjs")).catch(() => null);
  if (!reader) return nothing;
  protocol ??= new reader.Protocol({ metadata: true });
  return base;
}

/** One open map. Points are as in map_points.js. */
export class CityMap {
  constructor(maplibre, map, element, options, drawn) {
    Object.assign(this, { maplibre, map, element, options, drawn });
    this.points = new Points(maplibre, map, { pick: options.pick, told: (name, detail) => this.tell(name, detail) });
  }

  /** The places that words may mean, numbered from 1, each with its circle and its `drawn`; an empty list takes them away. */
  showCandidates(points, { look = true } = {}) {
    this.points.showCandidates(points);
    if (look && points.length) this.look([...points, ...(this.points.point ? [this.points.point] : [])]);
  }

  /** Let one candidate (from 0) stand out, as in the list beside; null lets all be equal. */
  emphasise(index) {
    this.points.emphasise(index);
  }

  /** Draw a GeoJSON geometry that belongs to no candidate (the chosen street, the line from A to B); null takes it away. */
  showDrawn(geometry) {
    this.points.showDrawn(geometry);
  }

  /** Set the chosen point from outside, or take it away with null. Tells nobody: whoever calls knows. */
  choose(point, { look = true } = {}) {
    this.points.choose(point);
    if (point && look) this.look([point]);
  }

  /** Bring points into view. */
  look(points) {
    this.map.fitBounds(this.points.bounds(points), { padding: 48, maxZoom: CLOSE_ZOOM + 1, duration: 300 });
  }

  /** Fetch the incidents anew, or show these. */
  async showIncidents(features = null) {
    this.map.getSource("incidents")?.setData(features ?? (await geojson(this.options.incidents)));
  }

  /** Draw anew with the theme's colours. */
  paint() {
    for (const { id, paint = {} } of layersOf(this.drawn)) {
      for (const [property, value] of Object.entries(paint)) this.map.setPaintProperty(id, property, value);
    }
    this.paintImages();
  }

  paintImages() {
    for (const [name, { image, options }] of [...PRIORITIES.map((one) => [one, shapeImage(one)]), ...placeImages()]) {
      if (this.map.hasImage(name)) this.map.updateImage(name, image);
      else this.map.addImage(name, image, options);
    }
  }

  /** Tell the page. */
  tell(name, detail) {
    if (name === "point") this.element.querySelector(".map-hint")?.remove();
    this.element.dispatchEvent(new CustomEvent(`tanggap:${name}`, { detail, bubbles: true }));
  }

  /** Let clicks on the map mean something. */
  listen() {
    this.map.on("click", (event) => {
      const [incident] = this.map.queryRenderedFeatures(event.point, { layers: ["incidents"] });
      if (incident) this.tell("incident", incident.properties);
      else if (this.options.pick) this.points.picked(event.lngLat);
    });
    for (const [name, cursor] of [["mouseenter", "pointer"], ["mouseleave", ""]]) {
      this.map.on(name, "incidents", () => this.map.getCanvas().style.setProperty("cursor", cursor));
    }
    document.addEventListener("tanggap:theme", () => this.paint());
    if (!this.options.incidents) return;
    let timer = 0;
    document.addEventListener("tanggap:event", (event) => {
      if (!event.detail.incident) return;
      clearTimeout(timer);
      timer = setTimeout(() => this.showIncidents(), REFRESH_MS);
    });
  }
}

/** Open a map in an element. Options: areas, places, incidents (addresses), lat, lon, zoom, pick (a click sets the point), point. */
export function openMap(element, options = {}) {
  element.tanggapMap ??= build(element, options).catch((error) => {
    console.warn(error);
    element.replaceChildren(Object.assign(document.createElement("p"), { className: "map-wait", textContent: word("map_failed") }));
    throw error;
  });
  return element.tanggapMap;
}

async function build(element, given) {
  const options = { areas: "/api/areas.geojson", places: "/api/places.geojson", incidents: "", lat: -3.99, lon: 122.52, zoom: 11.3, pick: false, point: null, ...given };
  const [maplibre, areas, base] = await Promise.all([loadLibrary(), geojson(options.areas), baseMap()]);
  if (protocol) maplibre.addProtocol("pmtiles", protocol.tile);
  const drawn = { areas, base, places: options.places };
  element.classList.add("map");
  element.replaceChildren();
  const map = new maplibre.Map({
    container: element,
    style: styleOf(drawn),
    center: [options.lon, options.lat],
    zoom: options.zoom,
    minZoom: 9,
    maxZoom: 18,
    attributionControl: false,
    locale: {
      "Map.Title": word("map_name"),
      "NavigationControl.ZoomIn": word("map_closer"),
      "NavigationControl.ZoomOut": word("map_farther"),
    },
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl(), "bottom-right");
  const city = new CityMap(maplibre, map, element, options, drawn);
  city.paintImages();
  await new Promise((ready) => map.once("style.load", ready)); // not «load»: points never wait for tiles
  city.listen();
  city.showIncidents();
  if (options.point) city.choose(options.point);
  if (base.credit) element.append(Object.assign(document.createElement("p"), { className: "map-credit", textContent: base.credit }));
  if (options.pick) element.append(Object.assign(document.createElement("p"), { className: "map-hint", textContent: word("map_hint") }));
  return city;
}

/** What the attributes of an element ask for. */
function optionsOf({ dataset }) {
  const [lat, lon, zoom] = [dataset.lat, dataset.lon, dataset.zoom].map((text) => (text ? Number(text) : undefined));
  const options = { pick: "pick" in dataset, incidents: dataset.incidents ?? "" };
  if (dataset.areas) options.areas = dataset.areas;
  if (lat !== undefined && lon !== undefined) Object.assign(options, { lat, lon });
  if (zoom) options.zoom = zoom;
  if (dataset.map === "point") Object.assign(options, { zoom: CLOSE_ZOOM, point: { lat, lon, uncertainty_m: Number(dataset.uncertaintyM) || 0 } });
  if (dataset.point) {
    const [pointLat, pointLon] = dataset.point.split(",").map(Number);
    options.point = { lat: pointLat, lon: pointLon, uncertainty_m: Number(dataset.uncertaintyM) || 0 };
  }
  return options;
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    openMap(target, optionsOf(target)).catch(() => {});
  }
}, { rootMargin: "200px" });

/** Open the maps of a part of the page once they come into sight. */
export function start(root = document) {
  for (const element of root.querySelectorAll("[data-map]")) if (!element.tanggapMap) seen.observe(element);
}
