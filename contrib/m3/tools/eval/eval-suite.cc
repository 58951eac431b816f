// SPDX-License-Identifier: GPL-2.0-only
#include "eval-suite.h"

#include "eval-run.h"
#include "eval-tables.h"

#include "ns3/m3-ns3-arguments.h"

namespace ns3::m3::eval
{

Command::Command(const char* title)
    : m_title(title)
{
}

int Command::Main(int argc, char* argv[])
{
    ProgramOptions program(m_title);
    AddOptions(program);
    return ParseArguments(program, argc, argv) ? Run() : 0;
}

Suite::Suite(const char* title, const std::string& engines)
    : Command(title)
{
    m_eval.engines = engines;
}

int Suite::Main(int argc, char* argv[])
{
    m_eval.command = EvalCommand(argc, argv);
    return Command::Main(argc, argv);
}

void Suite::AddOptions(ProgramOptions& program)
{
    AddOwnOptions(program);
    AddEvalOptions(program, m_eval);
}

void AnsweredSuite::AddOptions(ProgramOptions& program)
{
    Suite::AddOptions(program);
    AddKeepOptions(program, m_eval);
}

std::vector<EvalEngine> AnsweredSuite::Engines()
{
    return EnginesAgainstPackets(m_eval);
}

int AnsweredSuite::Run()
{
    Check();
    const std::vector<EvalCase> cases = Cases();
    const EvalAnswers all = RunCases(m_eval, cases, Engines());
    PrintHead();
    PrintCases(all);
    if (!all.Complete().empty())
    {
        WriteResult(ResultOf(all), m_eval.out, m_eval.page);
    }
    return ExitCode(m_eval, all);
}

} // namespace ns3::m3::eval
