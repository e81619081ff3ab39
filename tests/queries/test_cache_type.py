"""Caches that engines keep in a layout of their own, against worked examples."""

import duckdb


def test_deepseek_v4_is_packed_into_blocks_of_one_size(db: duckdb.DuckDBPyConnection) -> None:
    """21 layers compressed 4 to 1, 20 compressed 128 to 1, 43 with a window: groups of 22 leave the least padding.

    Pages are rounded up to whole 576 bytes: 37,440 for 64 entries of 584 (448 FP8 values, 64 in 16 bits, 8 of scales),
    8,640 for 64 index keys of 132, 1,728 for two entries.
    """
    block = 22 * 37_440 + 21 * 8_640 + 20 * 1_728
    found = db.sql(
        "select kind, window_tokens, block_tokens, step_bytes, block_bytes"
        " from cache_type('deepseek-v4-flash', 1, 1, 1, null, 'fp8', 'vllm')"
    ).fetchall()
    assert sorted(found, key=str) == sorted(
        [
            ("sliding", 128, 64, 2 * block, block),  # 43 layers in two groups of 22
            ("mla", None, 256, block, block),
            ("mla", None, 256, 0, block),  # in the same group
            ("sliding", 8, 4, block, block),  # states of the 4-to-1 compressors
            ("sliding", 128, 8, block, block),  # states of the others
        ],
        key=str,
    )


def test_compressed_caches_need_less_than_reserved(db: duckdb.DuckDBPyConnection) -> None:
    found = db.sql(
        "select kv_cache_bytes, kv_reserved_bytes from plan('h200', 'deepseek-v4-flash', 8, 8, 1, null, 1048576, 1,"
        " 'native', 'fp8', 'vllm', null, null, null, false, true)"
    ).fetchall()
    need = 1_048_576 * (21 * (584 + 132) / 4 + 20 * 584 / 128) + 43 * 128 * 512
    assert [row[0] for row in found] == [need]
    assert need < found[0][1] < 2 * need
