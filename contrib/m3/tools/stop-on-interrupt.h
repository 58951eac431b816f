// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_STOP_ON_INTERRUPT_H
#define M3_STOP_ON_INTERRUPT_H

#include "ns3/m3-engine.h"

#include <csignal>
#include <string>

namespace ns3::m3
{

/**
 * Lets Ctrl-C (SIGINT) ask an engine for the answer from what is done, while an object lives: the first one says so on
 * the standard error output, the second one ends the program. Nothing changes for engines that cannot stop
 * (Engine::CanStop) and where processes share the work. There is one object at a time.
 */
class StopOnInterrupt
{
  public:
    /// Sets Question::stop. \param program name that begins the line
    StopOnInterrupt(const std::string& program, const Engine& engine, Question& question);
    ~StopOnInterrupt();
    StopOnInterrupt(const StopOnInterrupt&) = delete;
    StopOnInterrupt& operator=(const StopOnInterrupt&) = delete;

    /// Returns whether there was a Ctrl-C.
    bool IsAsked() const;

  private:
    Question& m_question;
    bool m_isSet;
    struct sigaction m_before = {};
};

} // namespace ns3::m3

#endif // M3_STOP_ON_INTERRUPT_H
