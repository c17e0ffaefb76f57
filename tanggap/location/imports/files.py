"""Which format a file has, by its name and, where that says nothing, by how it begins."""

from pathlib import Path

from tanggap.city.territory import BoundingBox
from tanggap.location.imports.csv_file import open_csv
from tanggap.location.imports.geojson_file import open_geojson
from tanggap.location.imports.model import Opened, UnreadableFileError
from tanggap.location.imports.osm_pbf import open_osm
from tanggap.location.imports.shape_file import open_shapefile

OSM = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
GEOJSON = (".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson")
CSV = (".csv", ".tsv", ".txt")


def open_file(path: Path, box: BoundingBox) -> Opened:
    """The file, ready to be read.

    Raises:
        UnreadableFileError: its format is none of those, or it is damaged as a whole.
    """
    name = path.name.lower()
    try:
        if path.stat().st_size == 0:
            raise UnreadableFileError(f"{path.name} is empty.")
        if name.endswith(OSM):
            return open_osm(path, box)
        if name.endswith(GEOJSON):
            return open_geojson(path)
        if name.endswith(".shp"):
            return open_shapefile(path)
        if name.endswith(CSV):
            return open_csv(path)
    except OSError as error:
        raise UnreadableFileError(f"{path.name} cannot be read: {error.strerror}.") from error
    hint = "unpack it first; " if name.endswith((".zip", ".gz", ".7z", ".rar")) else ""
    raise UnreadableFileError(f"{path.name}: {hint}places come as .osm.pbf, .geojson, .csv or .shp.")
