"""A roster as offices keep it, as a file and as rows. It knows no database: the process that reads a stranger's workbook loads nothing else."""
