// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FILE_FORMAT_H
#define M3_FILE_FORMAT_H

#include <cstddef>
#include <string>
#include <string_view>

namespace ns3::m3
{

/**
 * \ingroup m3-core
 * A format of input files of one kind. The room that reads such files lists their formats: the first one takes every
 * file that no other takes by its ending.
 */
template <typename Read>
struct FileFormat
{
    const char* text;   //!< What options call it, as in "the HPCC simulator's format".
    const char* ending; //!< End of the names of its files, as in ".csv"; "" for the first format.
    Read* read;         //!< Reads a file.
};

/// Returns the format that reads a file.
template <typename Read, std::size_t N>
const FileFormat<Read>& FormatOf(const FileFormat<Read> (&formats)[N], std::string_view file)
{
    for (std::size_t i = 1; i < N; i++)
    {
        const std::string_view ending = formats[i].ending;
        if (file.size() > ending.size() && file.substr(file.size() - ending.size()) == ending)
        {
            return formats[i];
        }
    }
    return formats[0];
}

/// Returns all formats for a user, as in "the HPCC simulator's format, or an edge list (.csv)".
template <typename Read, std::size_t N>
std::string FormatsText(const FileFormat<Read> (&formats)[N])
{
    std::string text = formats[0].text;
    for (std::size_t i = 1; i < N; i++)
    {
        text += (i + 1 < N ? ", " : ", or ") + std::string(formats[i].text) + " (" + formats[i].ending + ")";
    }
    return text;
}

} // namespace ns3::m3

#endif // M3_FILE_FORMAT_H
