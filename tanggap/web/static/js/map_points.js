/**
 * Points on the map: the numbered candidates with their circles and what is drawn beside them (the line from A to B, a street, an
 * outline), the chosen point, and one drawing that stands for itself. Points are {lat, lon, uncertainty_m, label, drawn}, in degrees
 * and metres, `drawn` a GeoJSON geometry.
 */

import { word } from "./page.js";
import { NOTHING, circle, token } from "./map_drawing.js";

/** Empty sources, and what draws them: below the incidents, above the base map. */
export const POINT_SOURCES = { circles: { type: "geojson", data: NOTHING }, drawn: { type: "geojson", data: NOTHING } };

const isActive = ["boolean", ["get", "active"], false];
const hasLines = ["!", ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]]];
const hasArea = ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]];

/** The layers of points with the colours of the theme in force. */
export function pointLayers() {
  const accent = token("accent");
  const round = { "line-join": "round", "line-cap": "round" };
  return [
    { id: "circles", type: "fill", source: "circles", paint: { "fill-color": token("accent-fill"), "fill-opacity": ["case", isActive, 0.3, 0.13] } },
    { id: "drawn-areas", type: "fill", source: "drawn", filter: hasArea, paint: { "fill-color": token("accent-fill"), "fill-opacity": ["case", isActive, 0.22, 0.08] } },
    { id: "drawn-edges", type: "line", source: "drawn", filter: hasLines, layout: round, paint: { "line-color": token("map-land"), "line-width": ["case", isActive, 7, 4] } },
    { id: "drawn", type: "line", source: "drawn", filter: hasLines, layout: round, paint: { "line-color": accent, "line-width": ["case", isActive, 4, 2] } },
    { id: "rims", type: "line", source: "circles", filter: ["!", isActive], paint: { "line-color": accent, "line-width": 1.5, "line-dasharray": [3, 2] } },
    { id: "rims-active", type: "line", source: "circles", filter: isActive, paint: { "line-color": accent, "line-width": 2.5 } },
  ];
}

/** The points of one map; `told(name, detail)` hears of clicks and drags, `pick` lets the chosen point be dragged. */
export class Points {
  constructor(maplibre, map, { pick, told }) {
    Object.assign(this, { maplibre, map, pick, told, candidates: [], active: null, drawing: null, point: null, pin: null });
  }

  showCandidates(points) {
    for (const { marker } of this.candidates) marker.remove();
    this.candidates = points.map((point, at) => ({ point, marker: this.#numbered(point, at + 1) }));
    this.active = null;
    this.draw();
  }

  /** Let one candidate (from 0) stand out, or none. */
  emphasise(index) {
    this.active = this.candidates[index] ? index : null;
    for (const [at, { marker }] of this.candidates.entries()) {
      marker.getElement().classList.toggle("is-active", at === this.active);
      marker.getElement().classList.toggle("is-other", this.active !== null && at !== this.active);
    }
    this.draw();
  }

  showDrawn(geometry) {
    this.drawing = geometry ?? null;
    this.draw();
  }

  choose(point) {
    this.point = point;
    if (point) {
      this.pin ??= this.#pin();
      this.pin.setLngLat([point.lon, point.lat]).addTo(this.map);
    } else {
      this.pin?.remove();
      this.pin = null;
    }
    this.draw();
  }

  /** Everything anew; the one that stands out comes last, so that it lies on top. */
  draw() {
    const shown = this.candidates.map(({ point }, at) => ({ ...point, active: at === this.active }));
    if (this.point) shown.push({ ...this.point, active: false });
    shown.sort((one, two) => one.active - two.active);
    const circles = shown.filter((point) => point.uncertainty_m > 0).map((point) => feature(circle(point).geometry, point.active));
    const drawn = shown.filter((point) => point.drawn).map((point) => feature(point.drawn, point.active));
    if (this.drawing) drawn.push(feature(this.drawing, true));
    this.map.getSource("circles")?.setData({ type: "FeatureCollection", features: circles });
    this.map.getSource("drawn")?.setData({ type: "FeatureCollection", features: drawn });
  }

  /** What encloses points with their circles and drawings. */
  bounds(points) {
    const bounds = new this.maplibre.LngLatBounds();
    for (const point of points) {
      const around = circle({ ...point, uncertainty_m: Math.max(point.uncertainty_m || 0, 120) }).geometry;
      for (const geometry of [around, point.drawn]) for (const corner of corners(geometry)) bounds.extend(corner);
    }
    return bounds;
  }

  #numbered(point, n) {
    const element = Object.assign(document.createElement("button"), { type: "button", className: "map-candidate", textContent: n });
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      this.told("candidate", { n, ...point });
    });
    const marker = new this.maplibre.Marker({ element }).setLngLat([point.lon, point.lat]).addTo(this.map);
    element.setAttribute("aria-label", `${word("map_candidate", { n })}${point.label ? `: ${point.label}` : ""}`);
    return marker;
  }

  #pin() {
    const element = document.createElement("div");
    element.append(Object.assign(document.createElement("div"), { className: "map-chosen" }));
    const marker = new this.maplibre.Marker({ element, draggable: Boolean(this.pick), anchor: "bottom", offset: [0, -4] });
    marker.on("dragend", () => this.picked(marker.getLngLat()));
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", word("map_point"));
    return marker;
  }

  /** A point set by hand, on the map or by dragging. */
  picked({ lat, lng }) {
    const point = { lat: Number(lat.toFixed(6)), lon: Number(lng.toFixed(6)) };
    this.choose({ ...point, uncertainty_m: 0 });
    this.told("point", point);
  }
}

const feature = (geometry, active) => ({ type: "Feature", properties: { active }, geometry });

/** Every corner of a geometry of any kind. */
export function* corners(geometry) {
  if (!geometry) return;
  if (geometry.type === "GeometryCollection") for (const part of geometry.geometries) yield* corners(part);
  else yield* flat(geometry.coordinates);
}

function* flat(coordinates) {
  if (typeof coordinates[0] === "number") yield coordinates;
  else for (const part of coordinates) yield* flat(part);
}
