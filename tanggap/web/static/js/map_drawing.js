/** What is drawn on the map beside its style: colours of the theme, the four shapes of priority, circles of uncertainty. */

const EARTH_M = 6_371_008.8;
const CORNERS = 64;
const SHAPE_PX = 22;

/** The shapes on a 12 × 12 grid, as in icons.svg. */
const SHAPES = {
  P1: (path) => path.addPath(new Path2D("M6 .8 11.6 11H.4z")),
  P2: (path) => path.addPath(new Path2D("M6 .2 11.8 6 6 11.8.2 6z")),
  P3: (path) => path.arc(6, 6, 5.2, 0, 2 * Math.PI),
  P4: (path) => path.rect(1, 1, 10, 10),
};
export const PRIORITIES = Object.keys(SHAPES);

/** A colour of the theme in force. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const colourOf = { P1: () => token("p1"), P2: () => token("p2-mark"), P3: () => token("p3-mark"), P4: () => token("p4-mark") };

/** One priority's shape, ringed so that it stands out from whatever lies below. */
export function shapeImage(priority) {
  const scale = 2;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SHAPE_PX * scale;
  const pen = canvas.getContext("2d");
  pen.scale((SHAPE_PX * scale) / 16, (SHAPE_PX * scale) / 16);
  pen.translate(2, 2);
  const path = new Path2D();
  SHAPES[priority](path);
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = token("map-land");
  pen.stroke(path);
  pen.fillStyle = colourOf[priority]();
  pen.fill(path);
  return { image: pen.getImageData(0, 0, canvas.width, canvas.height), options: { pixelRatio: scale } };
}

/** A circle of `metres` around a point as a polygon. */
export function circle({ lat, lon, uncertainty_m: metres }) {
  const ring = [];
  const dLat = (metres / EARTH_M) * (180 / Math.PI);
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  for (let i = 0; i <= CORNERS; i += 1) {
    const angle = (2 * Math.PI * i) / CORNERS;
    ring.push([lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)]);
  }
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

export const NOTHING = { type: "FeatureCollection", features: [] };
