/** The marks of places: own drawings on a 12 × 12 grid in a small disc, in the theme's colours; where crews go for help, darker. */

import { token } from "./map_drawing.js";

const DISC_PX = 15;
const SCALE = 2;

/** Drawings: `fill` or `stroke` of a path; those in HELP on a darker disc. */
const DRAWINGS = {
  health: { fill: "M4.9 2.6h2.2v2.3h2.3v2.2H7.1v2.3H4.9V7.1H2.6V4.9h2.3z" },
  police: { fill: "M6 2.2 9.3 3.4v2.4c0 2-1.4 3.4-3.3 4.1-1.9-.7-3.3-2.1-3.3-4.1V3.4z" },
  fire: { fill: "M6.2 1.9c.3 1.7 2.6 2.5 2.6 4.9A2.8 2.8 0 0 1 6 9.7a2.8 2.8 0 0 1-2.8-2.9c0-1.2.7-1.9 1.2-2.6.3.7.6.9 1 1.1.4-1.1.1-2.3.8-3.4z" },
  school: { fill: "M6 2.6 10 4.5 6 6.4 2 4.5zM3.8 6.2v1.9c1.3 1.1 3.1 1.1 4.4 0V6.2L6 7.3z" },
  worship: { fill: "M6 2.2c1.8 1.3 2.7 2.3 2.7 3.7H3.3C3.3 4.5 4.2 3.5 6 2.2zM3 6.6h6v2.9H7.1V7.9H4.9v1.6H3z" },
  trade: { fill: "M3 4.8h6l-.5 4.6h-5z", stroke: "M4.5 4.8V4a1.5 1.5 0 0 1 3 0v.8" },
  office: { fill: "M2.5 4.4 6 2.3l3.5 2.1v.7h-7zM3.2 5.7h1.2v2.6H3.2zM5.4 5.7h1.2v2.6H5.4zM7.6 5.7h1.2v2.6H7.6zM2.6 8.8h6.8v.9H2.6z" },
  travel: { fill: "M3.2 2.8h5.6v5.7h-.9v1h-1v-1H5.1v1h-1v-1h-.9zM4 3.7v2h4v-2z" },
  harbour: { stroke: "M6 4.3v5M3.9 5.3h4.2M2.7 7.2c.4 1.5 1.7 2.2 3.3 2.2s2.9-.7 3.3-2.2", fill: "M6 2.1a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2z" },
  fuel: { fill: "M3.2 2.6h3.6v6.8H3.2zM4 3.5v1.7h2V3.5z", stroke: "M6.9 6.2h.9v2.1c0 .9 1.3.9 1.3 0V4.9L8 3.8" },
  green: { fill: "M6 2 8.6 6H7.3l1.9 2.3H6.5v1.6h-1V8.3H2.8L4.7 6H3.4z" },
  stay: { fill: "M2.3 3.6h.9v2.9h1V5h3.6a1.6 1.6 0 0 1 1.6 1.6v2.2h-.8V7.7H3.2v1.1h-.9z" },
  crossing: { stroke: "M6 2.3v7.4M2.3 6h7.4" },
  sight: { fill: "m6 2.1 1.1 2.5 2.7.3-2 1.8.6 2.7L6 8 3.6 9.4l.6-2.7-2-1.8 2.7-.3z" },
  home: { fill: "M6 2.4 9.9 5.9H8.8v3.4H6.9V7.1H5.1v2.2H3.2V5.9H2.1z" },
  other: { fill: "M6 4.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z" },
};
const HELP = new Set(["health", "police", "fire"]);

const KINDS = {
  health: ["hospital", "clinic", "doctors", "pharmacy"],
  police: ["police"],
  fire: ["fire_station"],
  school: ["school", "campus", "university", "college", "kindergarten", "library"],
  worship: ["mosque", "church", "temple", "worship", "place_of_worship"],
  trade: ["market", "mall", "shop", "marketplace", "supermarket", "cafe", "restaurant"],
  office: ["office", "bank", "townhall", "hall", "gate"],
  travel: ["terminal", "bus_station", "bus_stop", "station", "airport", "aerodrome"],
  harbour: ["harbour", "ferry_terminal", "marina", "beach", "island"],
  fuel: ["fuel"],
  green: ["park", "sports", "field", "garden", "cemetery", "stadium", "pitch", "playground"],
  stay: ["hotel", "guest_house"],
  crossing: ["junction", "bridge"],
  sight: ["sight", "monument", "attraction", "museum"],
  home: ["housing", "quarter", "neighbourhood", "hamlet"],
};

/** Kind of place → name of its image. */
export const ICON_OF = Object.fromEntries(Object.entries(KINDS).flatMap(([icon, kinds]) => kinds.map((kind) => [kind, `place-${icon}`])));

/** Every image with its name, in the colours of the theme in force. */
export function placeImages() {
  return Object.keys(DRAWINGS).map((name) => [`place-${name}`, discImage(name)]);
}

function discImage(name) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = (DISC_PX + 2) * SCALE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const middle = canvas.width / 2;
  pen.fillStyle = token("map-land");
  disc(pen, middle, middle);
  pen.fillStyle = token(HELP.has(name) ? "ink" : "map-mark");
  disc(pen, middle, middle - SCALE * 0.75);
  pen.translate(middle, middle);
  pen.scale((DISC_PX * SCALE) / 14, (DISC_PX * SCALE) / 14);
  pen.translate(-6, -6);
  pen.fillStyle = pen.strokeStyle = token("map-land");
  pen.lineWidth = 0.9;
  pen.lineCap = pen.lineJoin = "round";
  const { fill, stroke } = DRAWINGS[name];
  if (fill) pen.fill(new Path2D(fill), "evenodd");
  if (stroke) pen.stroke(new Path2D(stroke));
  return { image: pen.getImageData(0, 0, canvas.width, canvas.height), options: { pixelRatio: SCALE } };
}

function disc(pen, middle, radius) {
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.fill();
}
