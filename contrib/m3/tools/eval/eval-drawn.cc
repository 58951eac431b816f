// SPDX-License-Identifier: GPL-2.0-only
#include "eval-pictures.h"
#include "eval-rivals.h"
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
        : AnsweredSuite("Scenarios drawn from the published ranges.", EnginesWithRoles())
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        AddDrawingOptions(program, m_drawing);
        program.Add("published", "add the engine published", m_published);
        program.Add("rerun", "add the engine rerun", m_rerun);
    }

    std::vector<EvalCase> Cases() const override
    {
        return DrawCases(m_drawing);
    }

    std::vector<EvalEngine> Engines() override
    {
        m_eval.engines += m_published ? ",published" : "";
        m_eval.engines += m_rerun ? ",rerun" : "";
        return AnsweredSuite::Engines();
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        EvalResult result{"drawn",
                          "Scenarios drawn from the published ranges",
                          "256 hosts in 32 racks; matrix, sizes, oversubscription, burstiness, load, window and "
                          "parameters of the congestion control are drawn from the ranges of the m3 paper.",
                          all.provenance,
                          {RivalsTable(all),
                           ClassTable(all),
                           IntervalTable(all),
                           TimeTable(all),
                           WorstTable(all),
                           ScenariosTable(all),
                           RowsTable(all)},
                          {}};
        AddErrorPictures(all, result);
        result.pictures.push_back(SlowdownCurves(all, WorstFirst(all).front(), "worst"));
        return result;
    }

  private:
    Drawing m_drawing{8, 50'000};
    bool m_published = false;
    bool m_rerun = false;
};

} // namespace

std::unique_ptr<Command> MakeDrawn()
{
    return std::make_unique<Drawn>();
}

} // namespace ns3::m3::eval
