// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-text-file.h"

#include "ns3/m3-numbers.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <locale>
#include <sstream>
#include <unistd.h>

namespace ns3::m3
{

namespace
{

constexpr std::string_view BYTE_ORDER_MARK = "\xEF\xBB\xBF";
constexpr std::string_view BLANKS = " \t\r\v\f";

std::string_view WithoutBlanksAround(std::string_view text)
{
    text.remove_prefix(std::min(text.find_first_not_of(BLANKS), text.size()));
    return text.substr(0, text.find_last_not_of(BLANKS) + 1);
}

/// \throws InputError for text of 16-bit units, which editors of other systems write
void CheckEncoding(const std::string& file, std::string_view firstLine)
{
    if (firstLine.substr(0, 2) == "\xFF\xFE" || firstLine.substr(0, 2) == "\xFE\xFF")
    {
        throw InputError(file, 1, "", "is UTF-16; save it as UTF-8 or ASCII");
    }
}

} // namespace

TextReader::TextReader(const std::string& file, char separator)
    : m_file(file),
      m_separator(separator)
{
    auto stream = std::make_unique<std::ifstream>(file, std::ios::binary);
    std::error_code error;
    if (!*stream || std::filesystem::is_directory(file, error))
    {
        throw InputError(file, 0, "", "cannot be read");
    }
    if (std::filesystem::is_regular_file(file, error))
    {
        m_length = std::filesystem::file_size(file, error);
        m_stream = std::move(stream);
        return;
    }
    auto whole = std::make_unique<std::stringstream>(); // a pipe: its length is known at its end
    *whole << stream->rdbuf();
    m_length = whole->str().size();
    whole->clear(); // of the failure that an empty one is
    m_stream = std::move(whole);
}

bool TextReader::Next()
{
    if (m_again)
    {
        m_again = false;
        return !m_fields.empty();
    }
    while (std::getline(*m_stream, m_text))
    {
        std::string_view rest = m_text;
        if (m_line++ == 0)
        {
            CheckEncoding(m_file, rest);
            rest.remove_prefix(rest.substr(0, BYTE_ORDER_MARK.size()) == BYTE_ORDER_MARK ? BYTE_ORDER_MARK.size() : 0);
        }
        m_fields.clear();
        m_separator == ' ' ? SplitAtBlanks(rest) : SplitAtSeparators(rest);
        if (!m_fields.empty())
        {
            return true;
        }
    }
    if (m_stream->bad())
    {
        Fail("", "reading fails here");
    }
    m_fields.clear();
    return false;
}

void TextReader::SplitAtBlanks(std::string_view line)
{
    line = line.substr(0, line.find('#'));
    for (std::size_t begin = line.find_first_not_of(BLANKS); begin != std::string_view::npos;
         begin = line.find_first_not_of(BLANKS))
    {
        line.remove_prefix(begin);
        const std::size_t length = std::min(line.find_first_of(BLANKS), line.size());
        m_fields.emplace_back(line.substr(0, length));
        line.remove_prefix(length);
    }
}

void TextReader::SplitAtSeparators(std::string_view line)
{
    if (const std::string_view text = WithoutBlanksAround(line); text.empty() || text.front() == '#')
    {
        return;
    }
    for (bool more = true; more;)
    {
        std::string field;
        const std::size_t begin = line.find_first_not_of(m_separator == '\t' ? " " : BLANKS);
        if (begin != std::string_view::npos && line[begin] == '"')
        {
            line.remove_prefix(begin + 1);
            for (std::size_t mark = line.find('"');; mark = line.find('"'))
            {
                if (mark == std::string_view::npos)
                {
                    Fail("", "has a quotation mark without a second one");
                }
                field += line.substr(0, mark);
                line.remove_prefix(mark + 1);
                if (line.empty() || line.front() != '"')
                {
                    break;
                }
                field += '"';
                line.remove_prefix(1);
            }
        }
        const std::size_t length = std::min(line.find(m_separator), line.size());
        field += WithoutBlanksAround(line.substr(0, length));
        m_fields.push_back(std::move(field));
        more = length < line.size();
        line.remove_prefix(length + (more ? 1 : 0));
    }
}

void TextReader::Require(const std::string& what, std::size_t fields)
{
    if (!Next())
    {
        Fail(what, "missing, the file ends here");
    }
    if (m_fields.size() != fields)
    {
        Fail(what,
             "has " + std::to_string(m_fields.size()) + (m_fields.size() == 1 ? " field" : " fields") + " instead of " +
                 std::to_string(fields));
    }
}

template <typename Parse>
auto TextReader::Located(Parse parse) const
{
    try
    {
        return parse();
    }
    catch (const InputError& error)
    {
        Fail("", error.what());
    }
}

uint64_t TextReader::Integer(std::size_t field, std::string_view name, uint64_t low, uint64_t high) const
{
    return Located([&] { return ParseUnsigned(name, Text(field), low, high); });
}

double TextReader::Number(std::size_t field, std::string_view name, double low, double high) const
{
    return Located([&] { return ParseReal(name, Text(field), low, high); });
}

uint64_t TextReader::Rate(std::size_t field, std::string_view name) const
{
    return Located([&] { return ParseRate(name, Text(field)); });
}

int64_t TextReader::TimeNs(std::size_t field, std::string_view name, std::string_view plainUnit) const
{
    return Located([&] { return ParseTimeNs(name, Text(field), plainUnit); });
}

uint64_t
TextReader::Count(std::size_t field, std::string_view name, uint64_t low, uint64_t high, uint64_t bytesOfOne) const
{
    const uint64_t count = Integer(field, name, low, high);
    if (count > m_length / bytesOfOne)
    {
        Fail(std::string(name), Text(field) + " cannot be in a file of " + std::to_string(m_length) + " bytes");
    }
    return count;
}

void TextReader::Note(InputNotes* notes, const std::string& message) const
{
    if (notes)
    {
        notes->push_back(m_file + ":" + std::to_string(m_line) + ": " + message);
    }
}

void TextReader::End(InputNotes* notes, const std::string& entries)
{
    if (notes && Next())
    {
        Note(notes, "what follows " + entries + " is ignored");
    }
}

void TextReader::Fail(const std::string& field, const std::string& message) const
{
    throw InputError(m_file, m_line, field, message);
}

bool IsWrittenInPlace(const std::string& file)
{
    std::error_code error;
    const auto status = std::filesystem::symlink_status(file, error);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

void WriteWholeFile(const std::string& file, const std::function<void(std::ostream&)>& write)
{
    const bool inPlace = IsWrittenInPlace(file);
    const std::string temporary = inPlace ? file : file + TEMPORARY_EXTENSION + std::to_string(getpid());
    try
    {
        std::ofstream stream(temporary, std::ios::binary);
        stream.imbue(std::locale::classic());
        if (stream)
        {
            write(stream);
            stream.close();
        }
        if (!stream || (!inPlace && std::rename(temporary.c_str(), file.c_str()) != 0))
        {
            throw InputError(file, 0, "", "cannot be written");
        }
    }
    catch (...)
    {
        if (!inPlace)
        {
            std::remove(temporary.c_str());
        }
        throw;
    }
}

void RemoveHalfWritten(const std::string& file)
{
    const std::filesystem::path path(file);
    const std::string begin = path.filename().string() + TEMPORARY_EXTENSION;
    std::vector<std::filesystem::path> halves;
    std::error_code none;
    for (const auto& entry :
         std::filesystem::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", none))
    {
        const std::string name = entry.path().filename().string();
        const bool ofFile = name.size() > begin.size() && name.compare(0, begin.size(), begin) == 0;
        if (ofFile && name.find_first_not_of("0123456789", begin.size()) == std::string::npos)
        {
            halves.push_back(entry.path());
        }
    }
    for (const auto& half : halves)
    {
        std::filesystem::remove(half, none);
    }
}

} // namespace ns3::m3
