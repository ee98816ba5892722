"""What a worker says of errors."""

from proxy.pixels.wire import facts_of_error


def test_an_original_whose_directory_has_become_a_file_is_one_that_is_gone() -> None:
    facts = facts_of_error(NotADirectoryError(20, "Not a directory", "/cache/originals/76/760a"))

    assert facts["error"] == facts_of_error(FileNotFoundError("gone"))["error"] == "FileNotFoundError"
