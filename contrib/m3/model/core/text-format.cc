// SPDX-License-Identifier: GPL-2.0-only
#include "text-format.h"

#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <locale.h> // NOLINT: of POSIX

namespace ns3::m3
{

namespace
{

/// The C locale for the printf family of this thread, while it lives.
class ClassicThread
{
  public:
    ClassicThread()
        : m_before(uselocale(Classic()))
    {
    }

    ~ClassicThread()
    {
        uselocale(m_before);
    }

    ClassicThread(const ClassicThread&) = delete;
    ClassicThread& operator=(const ClassicThread&) = delete;

  private:
    static locale_t Classic()
    {
        static const locale_t classic = newlocale(LC_ALL_MASK, "C", static_cast<locale_t>(nullptr));
        return classic;
    }

    const locale_t m_before;
};

} // namespace

std::string FormatText(const char* format, ...)
{
    const ClassicThread inCLocale;
    std::va_list arguments;
    va_start(arguments, format);
    std::va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, arguments);
    va_end(arguments);
    std::string text(static_cast<std::size_t>(length), '\0');
    std::vsnprintf(text.data(), text.size() + 1, format, again);
    va_end(again);
    return text;
}

std::string ExactText(double value)
{
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string Quoted(std::string_view text)
{
    constexpr std::size_t LONGEST = 60;
    constexpr char FIRST_PRINTABLE = ' ';
    constexpr char LAST_PRINTABLE = '~';
    std::string quoted = "'";
    for (const char byte : text.substr(0, LONGEST))
    {
        quoted += byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE
                      ? std::string(1, byte)
                      : FormatText("\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    }
    return quoted + (text.size() > LONGEST ? "...'" : "'");
}

std::string LowerCase(std::string_view text)
{
    std::string lower(text);
    for (char& letter : lower)
    {
        if (letter >= 'A' && letter <= 'Z')
        {
            letter = static_cast<char>(letter - 'A' + 'a');
        }
    }
    return lower;
}

std::string CountText(uint64_t count)
{
    std::string text = std::to_string(count);
    for (std::size_t i = text.size(); i > 3; i -= 3)
    {
        text.insert(i - 3, ",");
    }
    return text;
}

} // namespace ns3::m3
