// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HTML_TEXT_H
#define M3_HTML_TEXT_H

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

} // namespace ns3::m3

#endif // M3_HTML_TEXT_H
