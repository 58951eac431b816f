#include "text-file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <unistd.h>

namespace ns3::m3
{

TextReader::TextReader(const std::string& file, char separator)
    : m_file(file),
      m_stream(file),
      m_separator(separator)
{
    if (!m_stream || std::filesystem::is_directory(file))
    {
        throw InputError(file, 0, "", "cannot be read");
    }
}

bool TextReader::Next()
{
    std::string line;
    while (std::getline(m_stream, line))
    {
        m_line++;
        std::replace(line.begin(), line.end(), m_separator, ' ');
        std::istringstream words(line.substr(0, line.find('#')));
        m_fields.clear();
        for (std::string word; words >> word;)
        {
            m_fields.push_back(word);
        }
        if (!m_fields.empty())
        {
            return true;
        }
    }
    m_fields.clear();
    return false;
}

void TextReader::Require(const std::string& what, std::size_t fields)
{
    if (!Next())
    {
        throw InputError(m_file, m_line, what, "missing, the file ends here");
    }
    if (m_fields.size() != fields)
    {
        Fail(what, "has " + std::to_string(m_fields.size()) + " fields instead of " + std::to_string(fields));
    }
}

uint64_t TextReader::Integer(std::size_t field, const std::string& name, uint64_t low, uint64_t high) const
{
    const std::string& text = Text(field);
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
    {
        Fail(name, "'" + text + "' is not a whole number of 0 or more");
    }
    if (value < low || value > high)
    {
        Fail(name,
             "must be " +
                 (high == UINT64_MAX ? "at least " + std::to_string(low)
                                     : "in " + std::to_string(low) + ".." + std::to_string(high)) +
                 ", is " + text);
    }
    return value;
}

double TextReader::Number(std::size_t field, const std::string& name, double low, double high) const
{
    const std::string& text = Text(field);
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || *end != '\0' || !std::isfinite(value))
    {
        Fail(name, "'" + text + "' is not a finite number");
    }
    if (value < low || value > high)
    {
        std::ostringstream range;
        range << "must be in " << low << ".." << high << ", is " << text;
        Fail(name, range.str());
    }
    return value;
}

void TextReader::Fail(const std::string& field, const std::string& message) const
{
    throw InputError(m_file, m_line, field, message);
}

std::vector<std::string> SplitList(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
    {
        parts.push_back(part);
    }
    return parts;
}

void WriteWholeFile(const std::string& file, const std::function<void(std::ostream&)>& write)
{
    const std::string temporary = file + TEMPORARY_EXTENSION + std::to_string(getpid());
    try
    {
        std::ofstream stream(temporary, std::ios::binary);
        if (stream)
        {
            write(stream);
            stream.close();
        }
        if (!stream || std::rename(temporary.c_str(), file.c_str()) != 0)
        {
            throw InputError(file, 0, "", "cannot be written");
        }
    }
    catch (...)
    {
        std::remove(temporary.c_str());
        throw;
    }
}

} // namespace ns3::m3
