// SPDX-License-Identifier: GPL-2.0-only
#include "eval-pictures.h"
#include "eval-suite.h"
#include "eval-suites.h"
#include "eval-tables.h"

namespace ns3::m3::eval
{

namespace
{

class Drawn : public AnsweredSuite
{
  public:
    Drawn()
        : AnsweredSuite("Scenarios drawn from the published ranges.", "packet,flowsim,m3")
    {
    }

  protected:
    void AddOptions(ProgramOptions& program) override
    {
        program.Add("scenarios", "how many for each control", m_scenarios, CountOption(1));
        program.Add("count", "flows in each", m_count, CountOption(1, MAX_EVAL_FLOWS));
        program.Add("cc", "controls, separated by commas", m_controls, "NAME,NAME");
        program.Add("seed", "of the drawing of scenarios", m_seed, CountOption());
        program.Add("published", "also the engine published", m_published);
        program.Add("rerun", "also the engine rerun", m_rerun);
        AddEvalOptions(program, m_eval);
    }

    std::vector<EvalCase> Cases() const override
    {
        return DrawCases(m_controls, m_scenarios, m_count, m_seed);
    }

    std::vector<EvalEngine> Engines() override
    {
        m_eval.engines += m_published ? ",published" : "";
        m_eval.engines += m_rerun ? ",rerun" : "";
        return AnsweredSuite::Engines();
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        EvalResult result{
            "drawn",
            "Scenarios drawn from the published ranges",
            "256 hosts in 32 racks; matrix, sizes, oversubscription, burstiness, load, window and "
            "parameters of the congestion control are drawn from the ranges of the m3 paper.",
            all.provenance,
            {OverallTable(all), ClassTable(all), TimeTable(all), WorstTable(all), ScenariosTable(all), RowsTable(all)},
            {}};
        AddErrorPictures(all, result);
        result.pictures.push_back(SlowdownCurves(all, WorstFirst(all).front(), "worst"));
        return result;
    }

  private:
    uint32_t m_scenarios = 8;
    uint64_t m_count = 50'000;
    std::string m_controls = "dctcp,dcqcn,hpcc,timely";
    uint64_t m_seed = 1;
    bool m_published = false;
    bool m_rerun = false;
};

} // namespace

int MainOfDrawn(int argc, char* argv[])
{
    return Drawn().Main(argc, argv);
}

} // namespace ns3::m3::eval
