#ifndef M3_TEXT_FILE_H
#define M3_TEXT_FILE_H

#include "input-error.h"

#include <cstdint>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * Reads a text file line by line into fields separated by blanks, skipping empty lines and what follows a '#'. Every
 * error is an InputError that names file, line and field.
 */
class TextReader
{
  public:
    /// \param separator of fields, as blanks are \throws InputError if the file cannot be read
    explicit TextReader(const std::string& file, char separator = ' ');

    /// Goes to the next line with fields. \return false at the end of the file
    bool Next();

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

    /// A field as an integer. \throws InputError unless it is one in [low, high]
    uint64_t Integer(std::size_t field, const std::string& name, uint64_t low = 0, uint64_t high = UINT64_MAX) const;

    /// A field as a finite number. \throws InputError unless it is one in [low, high]
    double Number(std::size_t field, const std::string& name, double low, double high) const;

    /// \throws InputError at the current line
    [[noreturn]] void Fail(const std::string& field, const std::string& message) const;

  private:
    std::string m_file;
    std::ifstream m_stream;
    char m_separator;
    uint64_t m_line = 0;
    std::vector<std::string> m_fields;
};

/// Parts of "a,b,c"; none of "". An empty part at the end is left out.
std::vector<std::string> SplitList(const std::string& text, char separator = ',');

/// What a file's name has behind it, and then some more, while WriteWholeFile has not finished it.
inline constexpr const char* TEMPORARY_EXTENSION = ".part";

/**
 * Writes a file whole or not at all: to a temporary name beside it, then renamed.
 * \throws InputError if it cannot be written; exceptions of `write` pass through, with nothing left behind
 */
void WriteWholeFile(const std::string& file, const std::function<void(std::ostream&)>& write);

} // namespace ns3::m3

#endif // M3_TEXT_FILE_H
