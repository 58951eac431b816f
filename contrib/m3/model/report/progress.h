#ifndef M3_PROGRESS_H
#define M3_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace ns3::m3
{

/// A line on the terminal with percentage and time left; silent where standard error is no terminal.
class Progress
{
  public:
    /// \param program its name, which begins the line
    explicit Progress(const std::string& program);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Shows how far a step is. \param what names the step; its time starts when it is first named
    void Show(const std::string& what, uint64_t done, uint64_t total);

    /// Removes the line.
    void Clear();

  private:
    std::string m_program;
    std::string m_what;
    std::chrono::steady_clock::time_point m_begin;
    double m_firstShare = 0; //!< when the step was first named
    bool m_terminal;
    bool m_shown = false;
};

} // namespace ns3::m3

#endif // M3_PROGRESS_H
