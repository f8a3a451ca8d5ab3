/* The page's source files, as the build put them into the program. Each ends with
 * a NUL. */
#ifndef HONE_CLI_REPORT_PARTS_H
#define HONE_CLI_REPORT_PARTS_H

/* The page, with @@policy@@, @@style@@, @@data@@ and @@script@@ where they go. */
extern const unsigned char cli_page_html[];
extern const unsigned char cli_page_css[];
extern const unsigned char cli_page_js[];

#endif
