/**
 * The device's place, surer from second to second: the first fix is told at once, each that is clearly surer after it, until one is
 * sure enough, the page is left, or patience ends. Accuracy is the radius in metres at 95 % (W3C Geolocation).
 */

/** A place that is this sure need not become surer, metres. */
export const SURE_M = 15;
/** Another fix is worth telling when its radius is smaller by this factor. */
const CLEARLY = 0.75;
/** Nothing heard for this long: the person is told. */
const FIRST_MS = 15_000;
/** A device that has not become sure by now will not. */
const PATIENCE_MS = 180_000;

/** Watch the device's place. `told({lat, lon, metres, isSure})`, `failed()` when there is none yet. Returns what ends it. */
export function watchPoint({ told, failed }) {
  if (!navigator.geolocation) {
    failed();
    return () => {};
  }
  let best = null;
  const stop = () => {
    navigator.geolocation.clearWatch(watch);
    clearTimeout(first);
    clearTimeout(last);
  };
  const first = setTimeout(() => best || failed(), FIRST_MS);
  const last = setTimeout(stop, PATIENCE_MS);
  const watch = navigator.geolocation.watchPosition(
    ({ coords }) => {
      const { latitude: lat, longitude: lon, accuracy: metres } = coords;
      if (best !== null && metres > best * CLEARLY) return;
      best = metres;
      const isSure = metres <= SURE_M;
      if (isSure) stop();
      told({ lat, lon, metres, isSure });
    },
    (error) => {
      if (best === null) failed();
      if (error.code === error.PERMISSION_DENIED) stop();
    },
    { enableHighAccuracy: true, timeout: FIRST_MS, maximumAge: 5_000 },
  );
  return stop;
}
