// SPDX-License-Identifier: GPL-2.0-only
#include "eval-curves.h"
#include "eval-pictures.h"
#include "eval-suites.h"
#include "eval-tables.h"
#include "published-figures.h"

#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"

#include <cstdio>

namespace ns3::m3::eval
{

namespace
{

struct Options
{
    uint64_t count = 300'000;
    uint64_t seed = 1;
    double sigma = 1;
    double window = 15'000;
    double eta = 0.95;
    std::string mode = "standard";
};

/// The grid points of a curve.
struct Curve
{
    const char* parameter; //!< as PublishedCurve::parameter
    const char* label;     //!< of its axis
    std::vector<double> values;
};

const std::vector<Curve>& Curves()
{
    static const std::vector<Curve> curves = {{"eta", "eta, %", {70, 75, 80, 85, 90, 95}},
                                              {"window", "window, KB", {5, 10, 15, 20, 25, 30}}};
    return curves;
}

EvalCase CaseOf(const Options& options, const Curve& curve, double value)
{
    constexpr uint32_t OVERSUBSCRIPTION = 2;
    const bool isWindow = curve.parameter == std::string("window");
    EvalCase one;
    one.shape = PublishedShape(OVERSUBSCRIPTION);
    one.workload = PublishedWorkload("C", options.sigma, options.count, options.seed);
    RdmaConfig& config = one.config;
    SetMode(options.mode, config);
    config.congestionControl = CongestionControlType::HPCC;
    config.windowBytes = static_cast<uint64_t>(isWindow ? 1000 * value : options.window);
    config.Of<HpccConfig>().eta = isWindow ? options.eta : value / 100;
    one.workload.headerBytes = config.HeaderBytes();
    one.workload.payloadBytes = config.payloadBytes;
    one.group = curve.parameter;
    char name[60];
    std::snprintf(name, sizeof name, "%s %.0f", curve.label, value);
    one.name = name;
    one.facts = Json{{"matrix", "C"}, {"parameter", curve.parameter}, {"value", value}};
    return one;
}

ReportTable WithPublished(ReportTable table)
{
    table.columns.push_back({"remark"});
    for (auto& row : table.rows)
    {
        row.emplace_back("");
    }
    for (const PublishedCurve& curve : PUBLISHED_CURVES)
    {
        std::vector<ReportCell> row(table.columns.size());
        row[0] = curve.parameter;
        row[1] = "m3 as published";
        row[3] = curve.mean;
        row.back() = curve.remark;
        table.rows.push_back(row);
    }
    return table;
}

class Counterfactual : public AnsweredSuite
{
  public:
    Counterfactual()
        : AnsweredSuite("Curves over a parameter of the congestion control.", "packet,rerun,flowsim,published,m3")
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        program.Add("count", "number of flows", m_options.count, CountOption(1, MAX_EVAL_FLOWS));
        program.Add("seed", "seed of the flows", m_options.seed, CountOption());
        program.Add("sigma", "sigma of the lognormal gaps between arrivals", m_options.sigma, RealOption());
        program.Add("window", "window of the curve over eta", m_options.window, BytesOption());
        program.Add("eta", "eta of the curve over the window", m_options.eta, RealOption());
        AddModeOption(program, "rules of the packet engine: standard, or hpcc with buffers of 400 KB", m_options.mode);
    }

    void Check() const override
    {
        if (!(m_options.window >= 1000) || !(m_options.eta > 0 && m_options.eta <= 1))
        {
            throw InputError("count must be at least 1, window at least 1000, eta above 0 and at most 1");
        }
    }

    std::vector<EvalCase> Cases() const override
    {
        std::vector<EvalCase> cases;
        for (const Curve& curve : Curves())
        {
            for (const double value : curve.values)
            {
                cases.push_back(CaseOf(m_options, curve, value));
            }
        }
        return cases;
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        char base[160];
        std::snprintf(
            base,
            sizeof base,
            "window %.0f KB in the curve over eta, eta %.0f %% in the curve over the window, sigma %.0f, %llu flows.",
            m_options.window / 1000,
            100 * m_options.eta,
            m_options.sigma,
            static_cast<unsigned long long>(m_options.count));
        EvalResult result{"counterfactual-" + m_options.mode,
                          "What if: HPCC's eta and window, " + m_options.mode + " mode",
                          "The same flows on 256 hosts (matrix C, WebServer, 2:1, load 50 %) under HPCC with different "
                          "values of eta and window: " +
                              std::string(base),
                          all.provenance,
                          {SignsTable(all),
                           MinimaTable(all),
                           WithPublished(OverallTable(all)),
                           CurvesTable(all),
                           SlopesTable(all),
                           TimeTable(all),
                           RowsTable(all)},
                          {}};
        for (const Curve& curve : Curves())
        {
            if (!all.Complete(curve.parameter).empty())
            {
                result.pictures.push_back(CurvesPicture(all, curve.parameter, curve.label));
            }
        }
        return result;
    }

  private:
    Options m_options;
};

} // namespace

std::unique_ptr<Command> MakeCounterfactual()
{
    return std::make_unique<Counterfactual>();
}

} // namespace ns3::m3::eval
