// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include "text-format.h"

#include <cstdio>
#include <unistd.h>

namespace ns3::m3
{

namespace
{

constexpr std::chrono::seconds BETWEEN_LINES{60}; // where there is no terminal

std::string Duration(double seconds)
{
    if (seconds < 120)
    {
        return FormatText("%.0f s", seconds);
    }
    return seconds < 7200 ? FormatText("%.0f min", seconds / 60) : FormatText("%.1f h", seconds / 3600);
}

} // namespace

std::string ProgressText(const std::string& what, double begin, double done, double total, double seconds)
{
    std::string line = FormatText("%s %3.0f %%", what.c_str(), 100 * done / total);
    if (done > begin && seconds > 0)
    {
        const double rate = (done - begin) / seconds;
        line += FormatText(rate < 100 ? ", %.2g/s, " : ", %.0f/s, ", rate) + Duration((total - done) / rate) + " left";
    }
    return line;
}

Progress::Progress(const std::string& program)
    : m_program(program),
      m_terminal(isatty(STDERR_FILENO) != 0)
{
}

Progress::~Progress()
{
    Clear();
}

void Progress::Show(const std::string& what, double done, double total)
{
    if (total <= 0)
    {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (what != m_what || total != m_total)
    {
        m_what = what;
        m_total = total;
        m_begin = m_printed = now;
        m_doneAtBegin = done;
    }
    if (!m_terminal && now - m_printed < BETWEEN_LINES)
    {
        return;
    }
    const double seconds = std::chrono::duration<double>(now - m_begin).count();
    const std::string text = ProgressText(what, m_doneAtBegin, done, total, seconds);
    std::fprintf(stderr, m_terminal ? "\r\033[K%s: %s" : "%s: %s\n", m_program.c_str(), text.c_str());
    std::fflush(stderr);
    m_printed = now;
    m_shown = m_terminal;
}

void Progress::Clear()
{
    if (m_shown)
    {
        std::fprintf(stderr, "\r\033[K");
        std::fflush(stderr);
        m_shown = false;
    }
}

} // namespace ns3::m3
