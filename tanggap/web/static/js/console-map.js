/** The console's map. It comes when everything else stands, and may fail alone: words are enough for a place. */

const ADDRESSES = { areas: "/api/areas.geojson", incidents: "/api/incidents.geojson" };
/** The map waits until the hands have had their form for this long. */
const AFTER_MS = 60;
/** A chosen point is shown with the kelurahan around it. */
const CLOSE_ZOOM = 14;

export class ConsoleMap {
  /** `chosen(lat, lon, zoom)`: a point was set by hand; `picked(at)`: a numbered candidate was clicked; `opened(number)`: an incident. */
  constructor(element, { chosen, picked, opened }) {
    Object.assign(this, { element, city: null, point: null, drawn: null, places: [], marked: -1 });
    element.addEventListener("tanggap:point", ({ detail }) => chosen(detail.lat, detail.lon, this.city.map.getZoom()));
    element.addEventListener("tanggap:candidate", ({ detail }) => picked(detail.n - 1));
    element.addEventListener("tanggap:incident", ({ detail }) => opened(detail));
    setTimeout(() => this.arrive(), AFTER_MS);
  }

  async arrive() {
    try {
      const { openMap } = await import("./map.js");
      const { lat, lon, zoom } = this.element.dataset;
      this.city = await openMap(this.element, { ...ADDRESSES, lat: Number(lat), lon: Number(lon), zoom: Number(zoom) - 0.6, pick: true });
    } catch {
      return; // the map says so itself, where it would stand
    }
    this.show(this.point, this.drawn, true);
    if (!this.point) this.candidates(this.places);
    this.mark(this.marked);
  }

  /** The chosen point of the open report with what is drawn beside it (a street, the line from A to B); null when it has none. */
  show(point, drawn = null, look = !same(point, this.point)) {
    Object.assign(this, { point, drawn });
    if (point) this.places = [];
    if (point) this.city?.showCandidates([]);
    this.city?.choose(point, { look: false });
    this.city?.showDrawn(point ? drawn : null);
    if (point && look) this.city?.map.easeTo({ center: [point.lon, point.lat], zoom: CLOSE_ZOOM, duration: 250 });
  }

  /** Places that the words may mean. */
  candidates(places) {
    this.places = places;
    this.city?.showCandidates(places.map((one) => ({ ...one, label: one.name })), { look: !this.point });
  }

  /** The candidate that is marked in the list stands out; −1 lets all be equal. */
  mark(at) {
    this.marked = at;
    this.city?.emphasise(at >= 0 ? at : null);
  }
}

const same = (one, two) => one?.lat === two?.lat && one?.lon === two?.lon && one?.uncertainty_m === two?.uncertainty_m;
