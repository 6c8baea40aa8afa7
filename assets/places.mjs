// Where each country lies on the dotted world map.
import { feature } from "topojson-client";

// Equal Earth, by Savric, Patterson and Jenny (2018), scaled and shifted to the
// land dots of portal/figures/land.txt.
const SCALE = 178;
const ORIGIN = [451.8, 242.1];
const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;

function project([longitude, latitude]) {
  const l = Math.asin(M * Math.sin((latitude * Math.PI) / 180));
  const l2 = l * l;
  const l6 = l2 ** 3;
  const x = ((longitude * Math.PI) / 180) * Math.cos(l) / (M * (A1 + 3 * A2 * l2 + l6 * (7 * A3 + 9 * A4 * l2)));
  const y = l * (A1 + A2 * l2 + l6 * (A3 + A4 * l2));
  return [ORIGIN[0] + SCALE * x, ORIGIN[1] - SCALE * y];
}

// Too small for the 1:50m map, or part of another state there: longitude, latitude.
const SMALL = {
  "074": [3.4, -54.4], // Bouvet Island
  162: [105.6, -10.5], // Christmas Island
  166: [96.8, -12.2], // Cocos (Keeling) Islands
  175: [45.2, -12.8], // Mayotte
  254: [-53.1, 3.9], // French Guiana
  292: [-5.35, 36.14], // Gibraltar
  312: [-61.5, 16.2], // Guadeloupe
  474: [-61.0, 14.65], // Martinique
  535: [-68.3, 12.2], // Bonaire, Sint Eustatius and Saba
  581: [166.6, 19.3], // United States Minor Outlying Islands (Wake)
  638: [55.5, -21.1], // Reunion
  744: [18.0, 78.5], // Svalbard and Jan Mayen Islands
  772: [-171.8, -9.2], // Tokelau
  798: [179.2, -8.5], // Tuvalu
};

// Area and centroid of a ring by the shoelace formula, in square degrees.
function middle(ring) {
  let [area, x, y] = [0, 0, 0];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const cross = ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
    area += cross;
    x += (ring[j][0] + ring[i][0]) * cross;
    y += (ring[j][1] + ring[i][1]) * cross;
  }
  return { area: Math.abs(area / 2), at: [x / (3 * area), y / (3 * area)] };
}

// JSON text {M49 code: [x, y]}: the middle of each country's largest island or mainland.
export function places(atlas) {
  const largest = {};
  for (const { id, geometry } of feature(atlas, atlas.objects.countries).features) {
    if (!id) continue; // five areas without an M49 code
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const part of polygons.map(([outer]) => middle(outer))) {
      if (part.area > (largest[id]?.area ?? 0)) largest[id] = part;
    }
  }
  const found = Object.entries(largest).map(([code, part]) => [code, part.at]);
  const rows = [...found, ...Object.entries(SMALL)]
    .map(([code, at]) => [code.padStart(3, "0"), project(at).map((value) => Number(value.toFixed(1)))])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{\n${rows.map(([code, at]) => `"${code}": ${JSON.stringify(at)}`).join(",\n")}\n}\n`;
}
