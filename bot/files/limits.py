"""What a workbook may be at most (interfaces §3), and what its reading may cost."""

MEGABYTE = 1024 * 1024

FILE_BYTES = 10 * MEGABYTE
UNPACKED_BYTES = 64 * MEGABYTE
ROWS = 100_000  # of a file, all sheets together, without headings
CELL_CHARACTERS = 500
CELLS = 5_000_000  # of all sheets' bounding rectangles: calamine keeps the empty ones, too
COLUMNS = 16_384  # Excel's own most; a CSV file knows none
PARTS = 2_000  # of a zip; a workbook has a dozen

CHILD_MEMORY_BYTES = 384 * MEGABYTE  # 100,000 rows of labs take 300; more only delays the refusal of a bomb
CHILD_SECONDS = 30.0
ANSWER_BYTES = 48 * MEGABYTE  # 100,000 rows take 18; a few long texts shared by many cells unpack to far more
