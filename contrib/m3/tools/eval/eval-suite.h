// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_SUITE_H
#define M3_EVAL_SUITE_H

#include "eval-answers.h"
#include "eval-options.h"
#include "eval-result.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// A command of m3-eval: its options, and what it does.
class Suite
{
  public:
    /// \param title first line of --help \param engines default of --engines
    Suite(const char* title, const char* engines);
    virtual ~Suite() = default;
    Suite(const Suite&) = delete;
    Suite& operator=(const Suite&) = delete;

    /// Reads the options and runs the suite. \return exit code \throws InputError for wrong options
    int Main(int argc, char* argv[]);

  protected:
    /// Adds the suite's own options, which come first in --help, and those that all suites share.
    virtual void AddOptions(ProgramOptions& program) = 0;
    /// Does the work. \return exit code
    virtual int Run() = 0;

    EvalOptions m_eval; //!< options that all suites share

  private:
    const char* m_title;
};

/// A suite of cases that engines answer.
class AnsweredSuite : public Suite
{
  protected:
    using Suite::Suite;

    /// Checks what the options say together. \throws InputError
    virtual void Check() const
    {
    }

    virtual std::vector<EvalCase> Cases() const = 0;
    /// Returns the engines that answer, packets first: those of --engines.
    virtual std::vector<EvalEngine> Engines();

    /// Prints what stands above the cases.
    virtual void PrintHead() const
    {
    }

    /// Returns what complete answers come to; there is at least one complete case.
    virtual EvalResult ResultOf(const EvalAnswers& all) const = 0;

  private:
    int Run() final;
};

} // namespace ns3::m3::eval

#endif // M3_EVAL_SUITE_H
