-- A packet may include its printed lines as a workbook (XLSX) besides the table (CSV).
ALTER TABLE packets ADD COLUMN include_xlsx integer NOT NULL DEFAULT 0;
