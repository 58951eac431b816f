// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROGRESS_H
#define M3_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace ns3::m3
{

/**
 * What a progress line says of a step: "scenarios  25 %, 2.5/s, 30 s left"; rate and time left from what was done since
 * the step began, without them at first.
 * \param begin done when the step began \param done at least begin \param total at least done, above 0
 */
std::string ProgressText(const std::string& what, double begin, double done, double total, double seconds);

/// \ingroup m3-core
/// A line on the terminal with percentage, rate and time left; where standard error is no terminal, a line a minute.
class Progress
{
  public:
    /// \param program its name, which begins the line
    explicit Progress(const std::string& program);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Shows how far a step is. Its time starts when it is first named, and again when there is another total.
    /// \param what names the step
    void Show(const std::string& what, double done, double total);

    /// Removes the line.
    void Clear();

  private:
    std::string m_program;
    std::string m_what;
    std::chrono::steady_clock::time_point m_begin;
    std::chrono::steady_clock::time_point m_printed; //!< the last line where there is no terminal
    double m_doneAtBegin = 0;                        //!< when the step's time started
    double m_total = 0;
    bool m_terminal;
    bool m_shown = false;
};

} // namespace ns3::m3

#endif // M3_PROGRESS_H
