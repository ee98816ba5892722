"""The suite for everything that may stand behind memory, held on a real S3 server too.

But for one: the server of the tests is not as sure as S3 when one object is read and written at the same moment.
"""

from tests.cache.test_stores import (
    test_a_second_value_replaces_the_first,
    test_a_value_is_got_as_often_as_one_likes,
    test_bytes_come_back_as_they_were,
    test_deleting_what_is_not_there_is_no_error,
    test_keys_do_not_know_each_other,
    test_many_at_once_do_not_get_in_each_others_way,
    test_what_is_deleted_is_gone_and_nothing_else,
    test_what_was_deleted_can_be_set_again,
    test_what_was_never_set_is_none,
)

__all__ = [
    "test_a_second_value_replaces_the_first",
    "test_a_value_is_got_as_often_as_one_likes",
    "test_bytes_come_back_as_they_were",
    "test_deleting_what_is_not_there_is_no_error",
    "test_keys_do_not_know_each_other",
    "test_many_at_once_do_not_get_in_each_others_way",
    "test_what_is_deleted_is_gone_and_nothing_else",
    "test_what_was_deleted_can_be_set_again",
    "test_what_was_never_set_is_none",
]
