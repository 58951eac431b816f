// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEXT_FORMAT_H
#define M3_TEXT_FORMAT_H

#include <ios>
#include <locale>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

namespace ns3::m3
{

/// As std::snprintf writes it in the C locale, whatever std::setlocale was called with.
[[gnu::format(printf, 1, 2)]] std::string FormatText(const char* format, ...);

/// The shortest text that is read back as the same number.
std::string ExactText(double value);

/// A text in single quotes, its unprintable and non-ASCII bytes as a backslash, x and two digits, and cut where it is
/// long.
std::string Quoted(std::string_view text);

/// A to Z as a to z, other bytes as they are.
std::string LowerCase(std::string_view text);

/// \ingroup m3-core
/// A string stream that formats as in the C locale, whatever std::locale::global was called with.
class TextStream : public std::ostringstream
{
  public:
    TextStream()
    {
        imbue(std::locale::classic());
    }
};

/// A number with its digits in groups of three, as in "60,000".
std::string CountText(uint64_t count);

/// \ingroup m3-core
/// While it lives, a stream of somebody else formats as a new one in the C locale; then again as before.
class ClassicFormat
{
  public:
    /// \param stream must live longer
    explicit ClassicFormat(std::ostream& stream)
        : m_stream(stream),
          m_locale(stream.imbue(std::locale::classic())),
          m_flags(stream.flags(std::ios::dec | std::ios::skipws)),
          m_precision(stream.precision(DEFAULT_PRECISION)),
          m_fill(stream.fill(' '))
    {
    }

    ~ClassicFormat()
    {
        m_stream.fill(m_fill);
        m_stream.precision(m_precision);
        m_stream.flags(m_flags);
        m_stream.imbue(m_locale);
    }

    ClassicFormat(const ClassicFormat&) = delete;
    ClassicFormat& operator=(const ClassicFormat&) = delete;

  private:
    static constexpr std::streamsize DEFAULT_PRECISION = 6;

    std::ostream& m_stream;
    const std::locale m_locale;
    const std::ios::fmtflags m_flags;
    const std::streamsize m_precision;
    const char m_fill;
};

} // namespace ns3::m3

#endif // M3_TEXT_FORMAT_H
