// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RUN_GNUPLOT_H
#define M3_RUN_GNUPLOT_H

#include <string>

namespace ns3::m3
{

/// A text in UTF-8 as a string of gnuplot, in single quotes: whatever it holds, it runs nothing and ends where it ends.
std::string GnuplotText(const std::string& text);

/// The command "set terminal ..." for the kind of picture that a file's name ends in, .png or .svg. \param size in
/// pixels
std::string
GnuplotTerminal(const std::string& file, const std::string& size = "1200,800", const std::string& font = "sans,12");

/**
 * Draws a picture with gnuplot. The file is there whole or not at all: gnuplot writes to its standard output, which is
 * a temporary file that gets its name when it is a whole PNG or SVG. \param script sets the terminal and no output
 * \param file ends in .png or .svg \throws InputError if the file cannot be written whole, std::runtime_error if
 * gnuplot is not there or fails
 */
void RunGnuplot(const std::string& script, const std::string& file);

} // namespace ns3::m3

#endif // M3_RUN_GNUPLOT_H
