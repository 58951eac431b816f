// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HTML_TEXT_H
#define M3_HTML_TEXT_H

#include "report-rows.h"

#include <string>

namespace ns3::m3
{

/// Returns a text as HTML shows it, also in an attribute in double quotes.
inline std::string HtmlText(const std::string& text)
{
    std::string result;
    for (const char c : text)
    {
        switch (c)
        {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

/// Returns ErrorText() with the minus sign of print and a space that does not break.
inline std::string HtmlError(double value, double truth)
{
    std::string text = ErrorText(value, truth);
    if (const std::size_t space = text.find(' '); space != std::string::npos)
    {
        text.replace(space, 1, "&nbsp;");
    }
    if (text.front() == '-')
    {
        text.replace(0, 1, "&minus;");
    }
    return text;
}

} // namespace ns3::m3

#endif // M3_HTML_TEXT_H
