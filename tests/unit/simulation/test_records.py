"""Spreadsheets of other cities are read by the names of their columns."""

from pathlib import Path

import pytest

from tanggap.simulation.records import NotARecordFileError, read_records


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "records.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_columns_of_an_english_export(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "id,received,words,address,village,district,lat,lon,category_source,agency_source\n"
        'a-1,2021-08-20T07:15,"api, besar",Jl. Raya,Lenteng Timur,Lenteng,-7.0,113.7,KEBAKARAN,DAMKAR\n',
    )
    found = read_records(file)
    assert found.ignored == ("category_source", "agency_source")
    assert found.records[0].key == "a-1"
    assert found.records[0].said == {
        "words": "api, besar", "address": "Jl. Raya, Lenteng Timur, Lenteng", "lat": "-7.0", "lon": "113.7",
        "received_at": "2021-08-20T07:15", "channel": "replay", "hand_over": True,
    }  # fmt: skip


def test_columns_of_an_indonesian_export(tmp_path: Path) -> None:
    file = written(tmp_path, "\ufeffNomor Tiket;Uraian;Alamat;Kelurahan;No. HP\n7;banjir;Jl. Mawar;Bende;0812\n")
    record = read_records(file).records[0]
    assert record.key == "7"
    assert (record.said["words"], record.said["address"], record.said["number"]) == ("banjir", "Jl. Mawar, Bende", "0812")


def test_an_id_used_twice_and_rows_without_id_are_all_kept(tmp_path: Path) -> None:
    twice = read_records(written(tmp_path, "id,words\n1,api\n1,banjir\n1,api\n,,\n")).records
    assert len({record.key for record in twice}) == 2
    nameless = read_records(written(tmp_path, "words\napi\nbanjir\n")).records
    assert len({record.key for record in nameless}) == 2
    assert read_records(written(tmp_path, "words\nkafé\n", "cp1252")).records[0].said["words"] == "kafé"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00"])
def test_another_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotARecordFileError):
        read_records(written(tmp_path, text))
