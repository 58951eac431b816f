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

/// A command of m3-eval with its options.
class Command
{
  public:
    /// \param title first line of --help
    explicit Command(const char* title);
    virtual ~Command() = default;
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    /// Reads the options and runs the command. \return exit code \throws InputError for wrong options
    virtual int Main(int argc, char* argv[]);

  protected:
    /// Adds the options in the order of --help.
    virtual void AddOptions(ProgramOptions& program) = 0;
    /// Runs the suite. \return exit code
    virtual int Run() = 0;

  private:
    const char* m_title;
};

/// A command that compares engines with the packet engine.
class Suite : public Command
{
  public:
    /// \param title first line of --help \param engines default of --engines
    Suite(const char* title, const std::string& engines);

    int Main(int argc, char* argv[]) override;

  protected:
    /// Adds the options of this suite, which --help shows above those of all suites.
    virtual void AddOwnOptions(ProgramOptions& program) = 0;
    void AddOptions(ProgramOptions& program) override;

    EvalOptions m_eval; //!< options that all suites share
};

/// A suite of cases that engines answer, where each answer is kept.
class AnsweredSuite : public Suite
{
  protected:
    using Suite::Suite;

    /// Checks that the options go together. \throws InputError
    virtual void Check() const
    {
    }

    virtual std::vector<EvalCase> Cases() const = 0;
    /// Returns the engines of --engines, the packet engine first.
    virtual std::vector<EvalEngine> Engines();

    /// Prints a heading above the cases.
    virtual void PrintHead() const
    {
    }

    /// Returns the result of complete answers; there is at least one complete case.
    virtual EvalResult ResultOf(const EvalAnswers& all) const = 0;

  private:
    void AddOptions(ProgramOptions& program) final;
    int Run() final;
};

} // namespace ns3::m3::eval

#endif // M3_EVAL_SUITE_H
