// SPDX-License-Identifier: GPL-2.0-only
#include "stop-on-interrupt.h"

#include <atomic>
#include <unistd.h>

namespace ns3::m3
{

namespace
{

std::atomic<bool> g_isAsked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a handler of a signal sets it");
std::string g_line; //!< said at the first Ctrl-C

/// \pre the action is the default one again (SA_RESETHAND)
void OnInterrupt(int /*signal*/)
{
    g_isAsked = true;
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, g_line.data(), g_line.size());
}

} // namespace

StopOnInterrupt::StopOnInterrupt(const std::string& program, const Engine& engine, Question& question)
    : m_question(question),
      m_isSet(engine.CanStop() && !question.share)
{
    g_isAsked = false;
    if (!m_isSet)
    {
        return;
    }
    sigaction(SIGINT, nullptr, &m_before);
    if (m_before.sa_handler == SIG_IGN) // a program in the background of a script
    {
        m_isSet = false;
        return;
    }
    g_line = (isatty(STDERR_FILENO) != 0 ? "\n" : "") + program + // after the progress
             ": stopping: the report of what is done follows; Ctrl-C again ends at once\n";
    m_question.stop = [] { return g_isAsked.load(); };
    struct sigaction action = {};
    action.sa_handler = OnInterrupt;
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
}

StopOnInterrupt::~StopOnInterrupt()
{
    if (m_isSet)
    {
        sigaction(SIGINT, &m_before, nullptr);
        m_question.stop = nullptr;
    }
}

bool StopOnInterrupt::IsAsked() const
{
    return g_isAsked;
}

} // namespace ns3::m3
