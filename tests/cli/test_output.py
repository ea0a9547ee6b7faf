"""What a command writes, byte for byte."""

import io
import json

from spark_desktop.cli.output import Output


def test_json_is_utf_8_also_where_a_files_name_is_not():
    out = io.BytesIO()
    Output(out, io.StringIO(), structured=True).record({"path": "caf\udce9.py", "half": "\ud83d"})
    assert json.loads(out.getvalue().decode("utf-8")) == {"path": "caf?.py", "half": "?"}


def test_text_holds_the_bytes_of_a_files_name_as_they_are():
    out = io.BytesIO()
    Output(out, io.StringIO(), structured=False).line("caf\udce9.py")
    assert out.getvalue() == b"caf\xe9.py\n"
