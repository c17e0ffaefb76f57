/** The marks of places: own drawings on a 12 × 12 grid in a small disc, in the theme's colours; where crews go for help, darker. */

import { token } from "./map_drawing.js";

const DISC_PX = 15;
const SCALE = 2;

/** Drawings: `fill` or `stroke` of a path; those in HELP on a darker disc. */
const DRAWINGS = {
  health: { fill: "M4.9 2.6h2.2v2.3h2.3v2.2H7.1v2.3H4.900V7.100H2.600V4.900h2.300z" },
  police: { fill: "M6 2.200 9.300 3.400v2.400c0 2-1.400 3.400-3.300 4.100-1.900-.7-3.300-2.100-3.300-4.100V3.400z" },
  fire: { fill: "M6.200 1.900c.3 1.700 2.600 2.500 2.600 4.900A2.800 2.800 0 0 1 6 9.700a2.800 2.800 0 0 1-2.800-2.900c0-1.200.7-1.900 1.200-2.600.3.700.6.900 1 1.100.4-1.100.1-2.300.8-3.400z" },
  school: { fill: "M6 2.600 10 4.500 6 6.400 2 4.500zM3.800 6.200v1.900c1.300 1.100 3.100 1.100 4.400 0V6.200L6 7.300z" },
  worship: { fill: "M6 2.200c1.800 1.300 2.700 2.300 2.700 3.700H3.300C3.300 4.500 4.200 3.500 6 2.200zM3 6.600h6v2.900H7.100V7.900H4.900v1.600H3z" },
  trade: { fill: "M3 4.800h6l-.5 4.600h-5z", stroke: "M4.500 4.800V4a1.500 1.500 0 0 1 3 0v.8" },
  office: { fill: "M2.500 4.400 6 2.300l3.500 2.100v.7h-7zM3.200 5.700h1.200v2.600H3.200zM5.400 5.700h1.200v2.600H5.400zM7.600 5.700h1.200v2.600H7.600zM2.600 8.800h6.800v.9H2.600z" },
  travel: { fill: "M3.200 2.800h5.600v5.700h-.9v1h-1v-1H5.100v1h-1v-1h-.9zM4 3.700v2h4v-2z" },
  harbour: { stroke: "M6 4.300v5M3.900 5.300h4.200M2.700 7.200c.4 1.500 1.700 2.200 3.300 2.200s2.900-.7 3.300-2.200", fill: "M6 2.100a1.100 1.100 0 1 1 0 2.200 1.100 1.100 0 0 1 0-2.200z" },
  fuel: { fill: "M3.200 2.600h3.600v6.800H3.200zM4 3.500v1.700h2V3.500z", stroke: "M6.900 6.200h.9v2.100c0 .9 1.300.9 1.300 0V4.900L8 3.800" },
  green: { fill: "M6 2 8.600 6H7.300l1.900 2.300H6.500v1.600h-1V8.300H2.800L4.700 6H3.400z" },
  stay: { fill: "M2.300 3.600h.9v2.900h1V5h3.600a1.600 1.600 0 0 1 1.600 1.600v2.200h-.8V7.700H3.200v1.100h-.9z" },
  crossing: { stroke: "M6 2.300v7.400M2.300 6h7.400" },
  sight: { fill: "m6 2.100 1.100 2.500 2.700.3-2 1.800.6 2.700L6 8.000 3.600 9.400l.6-2.700-2-1.800 2.700-.3z" },
  home: { fill: "M6 2.400 9.900 5.900H8.800v3.400H6.900V7.100H5.100v2.200H3.200V5.900H2.100z" },
  other: { fill: "M6 4.200a1.800 1.800 0 1 1 0 3.600 1.800 1.800 0 0 1 0-3.600z" },
};
const HELP = new Set(["health", "police", "fire"]);

const KINDS = {
  health: ["hospital", "clinic", "doctors", "pharmacy"],
  police: ["police"],
  fire: ["fire_station"],
  school: ["school", "campus", "university", "college", "kindergarten", "library"],
  worship: ["mosque", "church", "temple", "place_of_worship"],
  trade: ["market", "mall", "shop", "marketplace", "supermarket", "cafe", "restaurant"],
  office: ["office", "bank", "townhall", "gate"],
  travel: ["terminal", "bus_station", "station", "airport", "aerodrome"],
  harbour: ["harbour", "ferry_terminal", "marina", "beach", "island"],
  fuel: ["fuel"],
  green: ["park", "sports", "garden", "cemetery", "stadium", "pitch", "playground"],
  stay: ["hotel", "guest_house"],
  crossing: ["junction", "bridge"],
  sight: ["sight", "monument", "attraction", "museum"],
  home: ["housing", "quarter"],
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
