#include "progress.h"

#include <cstdio>
#include <unistd.h>

namespace ns3::m3
{

Progress::Progress(const std::string& program)
    : m_program(program),
      m_terminal(isatty(STDERR_FILENO) != 0)
{
}

Progress::~Progress()
{
    Clear();
}

void Progress::Show(const std::string& what, uint64_t done, uint64_t total)
{
    if (!m_terminal || total == 0)
    {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    const double share = static_cast<double>(done) / static_cast<double>(total);
    if (what != m_what)
    {
        m_what = what;
        m_begin = now;
        m_firstShare = share;
    }
    const double seconds = std::chrono::duration<double>(now - m_begin).count();
    std::fprintf(stderr, "\r\033[K%s: %s %3.0f %%", m_program.c_str(), what.c_str(), 100 * share);
    if (share > m_firstShare)
    {
        std::fprintf(stderr, ", %.0f s left", seconds * (1 - share) / (share - m_firstShare));
    }
    std::fflush(stderr);
    m_shown = true;
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
