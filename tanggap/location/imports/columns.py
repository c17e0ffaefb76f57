"""What the columns of a table, or the properties of a feature, are called: by cities, by BIG, by OSM exports."""

import re
from collections.abc import Iterable, Mapping

from tanggap.location.imports.model import RefusedError

#: What we want to know → the names under which files have it, folded; the first that is there and filled wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "kode", "code", "fid", "objectid", "osm_id", "full_id", "id_", "gid", "uid", "npsn"),
    "name": ("name", "nama", "nama_tempat", "namobj", "nama_objek", "nm", "nama_jalan", "label", "name_id", "name_en",
             "toponim", "remark"),
    "names": ("alt_names", "alt_name", "alternatif", "nama_lain", "alias", "aliases", "sebutan", "old_name", "loc_name",
              "short_name", "official_name", "alias_name", "nama_lokal"),
    "kind": ("kind", "jenis", "tipe", "type", "kategori", "category", "class", "fclass", "amenity", "shop", "highway", "fungsi"),
    "lat": ("lat", "latitude", "lintang", "y", "koordinat_y", "lat_dd", "garis_lintang", "northing"),
    "lon": ("lon", "lng", "long", "longitude", "bujur", "x", "koordinat_x", "lon_dd", "garis_bujur", "easting"),
    "point": ("koordinat", "coordinate", "coordinates", "latlong", "latlon", "lat_lon", "titik_koordinat"),
    "wkt": ("wkt", "geometry", "geom", "the_geom", "shape"),
    "uncertainty": ("uncertainty_m", "uncertainty", "akurasi", "accuracy", "akurasi_m", "accuracy_m", "within"),
    "area": ("kelurahan_code", "kode_kelurahan", "kode_kel", "kdepum", "area", "kel_kode", "kode_desa"),
    "source": ("source", "sumber"),
    "licence": ("licence", "license", "lisensi"),
}  # fmt: skip

#: Between several names in one column.
_BETWEEN = re.compile(r"\s*[|;]\s*")
_SIGNS = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"[-+]?\d{1,12}([.,]\d{1,15})?")
_SEXAGESIMAL = re.compile(
    r"(?P<d>\d{1,3})\s*[°º ]\s*(?P<m>\d{1,2})\s*['′ ]\s*((?P<s>\d{1,2}([.,]\d+)?)\s*(\"|″|'')?)?\s*(?P<w>[NSEWUTBLS]{0,2})",
    re.IGNORECASE,
)


class Columns:
    """Which column of a file holds what."""

    def __init__(self, header: Iterable[str]) -> None:
        self.of: dict[str, str] = {folded(column): column for column in header if column}

    def has(self, wanted: str) -> bool:
        """Whether the file has a column for it."""
        return any(name in self.of for name in NAMES[wanted])

    def text(self, row: Mapping[str, object], wanted: str) -> str:
        """The first filled column for it; '' where there is none."""
        return next((said for said in self.texts(row, wanted)), "")

    def texts(self, row: Mapping[str, object], wanted: str) -> list[str]:
        """Every filled column for it."""
        values = (row.get(self.of[name]) for name in NAMES[wanted] if name in self.of)
        return [text for text in (_text(value) for value in values) if text]

    def alternatives(self, row: Mapping[str, object]) -> tuple[str, ...]:
        """Every other name, of all columns that hold some."""
        return tuple(name for said in self.texts(row, "names") for name in _BETWEEN.split(said) if name)

    def uncertainty(self, row: Mapping[str, object]) -> float | None:
        """Metres, or None where the file does not say."""
        said = self.text(row, "uncertainty")
        return number(said, "uncertainty") if said else None


def folded(column: str) -> str:
    """A column's name as NAMES has it."""
    return _SIGNS.sub("_", column.lower().strip().lstrip("\ufeff")).strip("_")


def number(said: str, what: str) -> float:
    """A number with a point or a comma, or degrees, minutes and seconds as «3°58'12\" LS».

    Raises:
        RefusedError: it is none.
    """
    text = said.strip().replace("\u2212", "-")
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    if match := _SEXAGESIMAL.fullmatch(text):
        value = int(match["d"]) + int(match["m"]) / 60 + float((match["s"] or "0").replace(",", ".")) / 3600
        return -value if match["w"].upper() in ("S", "LS", "W", "BB") else value
    raise RefusedError(f"its {what} «{said[:30]}» is not a number" if text else f"its {what} is empty")


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
