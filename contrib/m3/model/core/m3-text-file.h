// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEXT_FILE_H
#define M3_TEXT_FILE_H

#include "ns3/m3-input-error.h"

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace ns3::m3
{

/// What a reader of input did that its user should know of, a line each, as in "flows.txt:4: what follows ... is
/// ignored". Readers take a pointer to it, which may be null; programs print the lines.
using InputNotes = std::vector<std::string>;

/**
 * \ingroup m3-core
 * Reads a text file line by line into fields separated by blanks, skipping empty lines, what follows a '#', a UTF-8
 * byte order mark and the carriage returns of other systems. Numbers are read by numbers.h. Every error is an
 * InputError that names file, line and field.
 *
 * With a separator of its own, as in CSV files (RFC 4180), a field is what stands between two separators, without the
 * blanks around it: it may be empty, have blanks inside, and stand between quotation marks, within which a separator is
 * a character and two quotation marks are one. A '#' is then a character unless it is the first one of a line that is
 * no blank.
 */
class TextReader
{
  public:
    /// \param separator of fields; ' ': blanks are \throws InputError if the file cannot be read
    explicit TextReader(const std::string& file, char separator = ' ');

    /// Goes to the next line with fields. \return false at the end of the file \throws InputError if reading fails
    bool Next();

    /// Lets the next call of Next() stay at the current line: whoever looked at it first leaves it to another reader.
    void Again()
    {
        m_again = true;
    }

    /// Next(), and a certain number of fields. \param what names the line in messages, as in "header"
    void Require(const std::string& what, std::size_t fields);

    /// Fields of the current line.
    std::size_t Fields() const
    {
        return m_fields.size();
    }

    /// A field as it stands. \pre field < Fields()
    const std::string& Text(std::size_t field) const
    {
        return m_fields.at(field);
    }

    /// A field as ParseUnsigned reads it. \throws InputError unless it is one in [low, high]
    uint64_t Integer(std::size_t field, std::string_view name, uint64_t low = 0, uint64_t high = UINT64_MAX) const;

    /// A field as ParseReal reads it. \throws InputError unless it is one in [low, high]
    double Number(std::size_t field, std::string_view name, double low, double high) const;

    /// A field as ParseRate reads it, bit/s. \throws InputError
    uint64_t Rate(std::size_t field, std::string_view name) const;

    /// A field as ParseTimeNs reads it. \throws InputError
    int64_t TimeNs(std::size_t field, std::string_view name, std::string_view plainUnit = "") const;

    /**
     * A count of entries that follow, and for which memory may then be taken: no more than the file has room for.
     * \param bytesOfOne minimum number of bytes of an entry in the file, its separator included
     * \throws InputError unless it is one in [low, high] that the length of the file allows
     */
    uint64_t Count(std::size_t field, std::string_view name, uint64_t low, uint64_t high, uint64_t bytesOfOne) const;

    /// The file as the user named it.
    const std::string& File() const
    {
        return m_file;
    }

    /// Number of the current line, from 1.
    uint64_t Line() const
    {
        return m_line;
    }

    /// Length of the file, bytes.
    uint64_t Length() const
    {
        return m_length;
    }

    /// Adds a note on the current line where notes are wanted.
    void Note(InputNotes* notes, const std::string& message) const;

    /// The end of the entries that a header counts: notes that what follows, if anything, is ignored.
    /// \param entries as in "the 3 flows that the first line counts"
    void End(InputNotes* notes, const std::string& entries);

    /// \throws InputError at the current line
    [[noreturn]] void Fail(const std::string& field, const std::string& message) const;

  private:
    void SplitAtBlanks(std::string_view line);
    void SplitAtSeparators(std::string_view line);

    /// What `parse` returns; its InputErrors get the place in the file.
    template <typename Parse>
    auto Located(Parse parse) const;

    std::string m_file;
    std::unique_ptr<std::istream> m_stream;
    uint64_t m_length = 0; //!< of the file, bytes
    char m_separator;
    uint64_t m_line = 0;
    std::string m_text; //!< the current line
    std::vector<std::string> m_fields;
    bool m_again = false; //!< Next() stays where it is
};

/// What a file's name has behind it, and then some more, while WriteWholeFile has not finished it.
inline constexpr const char* TEMPORARY_EXTENSION = ".part";

/// Whether a file is written where it is, since it is there and no plain file: a device, a pipe, a link.
bool IsWrittenInPlace(const std::string& file);

/**
 * Writes a file whole or not at all: to a temporary name beside it, then renamed, unless it IsWrittenInPlace(). Numbers
 * are formatted as in the C locale.
 * \throws InputError if it cannot be written; exceptions of `write` pass through, with nothing left behind
 */
void WriteWholeFile(const std::string& file, const std::function<void(std::ostream&)>& write);

/// Removes what processes left of a file that were killed in WriteWholeFile.
void RemoveHalfWritten(const std::string& file);

} // namespace ns3::m3

#endif // M3_TEXT_FILE_H
