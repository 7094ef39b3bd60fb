"""What a workbook may be at most (interfaces §3), and what its reading may cost."""

MEGABYTE = 1024 * 1024

FILE_BYTES = 10 * MEGABYTE
UNPACKED_BYTES = 64 * MEGABYTE
ROWS = 100_000  # of a file, all sheets together, without headings
CELL_CHARACTERS = 500
CELLS = 5_000_000  # of a sheet's bounding rectangle: calamine keeps the empty ones, too

CHILD_MEMORY_BYTES = 512 * MEGABYTE  # 100,000 rows of labs take 300; more only delays the refusal of a bomb
CHILD_SECONDS = 30.0
ANSWER_BYTES = 128 * MEGABYTE  # a few long texts shared by many cells unpack to more than the file
