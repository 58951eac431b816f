// SPDX-License-Identifier: GPL-2.0-only
// The suites of m3-eval as a user starts them: rows, files, answers that are kept, the page.
#include "tools/programs.h"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <vector>

using namespace ns3::m3;

namespace
{

using Json = nlohmann::json;

/// Name, content and time of writing of each file of a folder.
std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>> Snapshot(const std::string& folder)
{
    std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
    {
        files[entry.path().filename().string()] = {Content(entry.path()), entry.last_write_time()};
    }
    return files;
}

/// A table of a result, as its rows by column.
std::vector<std::map<std::string, Json>> TableOf(const Json& result, const std::string& name)
{
    std::vector<std::map<std::string, Json>> rows;
    for (const Json& table : result.at("tables"))
    {
        if (table.at("name") == name)
        {
            for (const Json& row : table.at("rows"))
            {
                rows.emplace_back();
                for (std::size_t i = 0; i < row.size(); i++)
                {
                    rows.back()[table.at("columns")[i].at("name")] = row[i];
                }
            }
        }
    }
    return rows;
}

std::string Percent(const Json& value, const char* format)
{
    char text[32];
    std::snprintf(text, sizeof text, format, 100 * value.get<double>());
    return text;
}

} // namespace

/// With a list of three scenarios, and what makes a run short.
class Eval : public Programs
{
  protected:
    void SetUp() override
    {
        Programs::SetUp();
        WriteList("7,A,webserver,1.0,0.4,2:1,15000,1,10,400,0.1,-0.05\n"
                  "8,B,Hadoop,2.0,0.3,1:1,8000,1,12,400,0.2,-0.15\n"
                  "9,C,webserver,1.0,0.5,4:1,20000,1,10,400,0.3,-0.25\n");
    }

    void WriteList(const std::string& rows) const
    {
        Write("list.csv", "id,matrix,sizes,sigma,load,oversubscription,window,pfc,k,buffer,parsimon,m3\n" + rows);
    }

    /// The options of a short run of the list, with its folders.
    std::string Sensitivity(const std::string& more) const
    {
        return "sensitivity --list=" + File("list.csv") +
               " --count=400 --engines=packet,flowsim --keep=" + File("kept") + " --out=" + File("out") + " " + more;
    }

    Json Result(const std::string& name = "out") const
    {
        return Json::parse(Content(File(name + "/result.json")));
    }
};

TEST_F(Eval, PublishedFiguresStandBesideThoseOfRebuiltSystems)
{
    const Outcome outcome =
        Start("m3-eval", Sensitivity("--mode=hpcc --engines=packet,flowsim,published,parsimon,m3 --threads=1"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    // errors of the list: m3 -15 %, Parsimon +20 % in each row
    EXPECT_NE(outcome.output.find("published is ours; m3 as published at 10 M flows, these scenarios: 15.0 (-15.0)"),
              std::string::npos)
        << outcome.output;
    EXPECT_NE(outcome.output.find("parsimon is ours; parsimon as published at 10 M flows, all 192: 18.3 (+18.2)"),
              std::string::npos)
        << outcome.output;
    const Json result = Result();
    std::vector<std::string> order;
    for (const auto& row : TableOf(result, "errors"))
    {
        order.push_back(row.at("group").get<std::string>() + ": " + row.at("engine").get<std::string>());
    }
    const std::vector<std::string> expected{"dctcp: flowsim",
                                            "dctcp: published",
                                            "published at 10 M flows, these scenarios: m3",
                                            "published at 10 M flows, all 192: m3",
                                            "dctcp: parsimon",
                                            "published at 10 M flows, these scenarios: parsimon",
                                            "published at 10 M flows, all 192: parsimon",
                                            "dctcp: m3"};
    EXPECT_EQ(order, expected);
    std::map<std::string, double> bars;
    for (const auto& row : TableOf(result, "bars"))
    {
        bars[row.at("bar")] = row.at("other").get<double>();
    }
    EXPECT_NEAR(bars.at("mean error of p99, all flows: m3 against m3 as published at 10 M flows"), 0.15, 1e-12);
    EXPECT_NEAR(bars.at("mean error of p99, all flows: m3 against parsimon as published at 10 M flows"), 0.2, 1e-12);
    for (const auto& row : TableOf(result, "parts"))
    {
        const bool all = row.at("part") == "pfc"; // all three have it
        EXPECT_NEAR(row.at("published_m3").get<double>(),
                    all ? 0.15 : row.at("published_parsimon").get<double>() - 0.05,
                    1e-12);
        EXPECT_TRUE(!all || std::abs(row.at("published_parsimon").get<double>() - 0.2) < 1e-12);
    }
    // the checkpoint of the published method is one of its own
    ExpectRefused("m3-eval",
                  Sensitivity("--mode=hpcc --engines=packet,published --published-checkpoint=" + File("none.pt")),
                  "none.pt");
}

TEST_F(Eval, PublishedFiguresOfOtherControlsAreSaidToBeOfOtherScenarios)
{
    const Outcome outcome = Start(
        "m3-eval",
        "drawn --scenarios=1 --count=300 --cc=dctcp,timely --engines=packet,published,parsimon --threads=1 --out=" +
            File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("m3 as published, other scenarios with timely: median 16.7"), std::string::npos)
        << outcome.output;
    EXPECT_NE(outcome.output.find("m3 as published at 10 M flows, all 192: 9.9 (-8.2)"), std::string::npos)
        << outcome.output;
    EXPECT_EQ(outcome.output.find("these scenarios"), std::string::npos) << outcome.output; // they are drawn
}

TEST_F(Eval, SensitivityHasARowOfEachScenarioEngineAndSizeClass)
{
    const Outcome outcome = Start("m3-eval", Sensitivity("--mode=hpcc --processes=2"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("published errors are at 10 M flows"), std::string::npos) << outcome.output;
    const Json result = Result();
    std::set<std::string> found;
    for (const auto& row : TableOf(result, "rows"))
    {
        found.insert(row.at("id").get<std::string>() + ' ' + row.at("engine").get<std::string>() + ' ' +
                     row.at("class").get<std::string>());
        if (row.at("engine") == "packet")
        {
            EXPECT_EQ(row.at("p99_error"), 0);
        }
        if (row.at("id") == "8")
        {
            EXPECT_EQ(row.at("published_parsimon"), 0.2);
        }
    }
    EXPECT_EQ(found.size(), 3U * 2 * 5);
    EXPECT_EQ(TableOf(result, "rows").size(), 3U * 2 * 5);
    const std::string csv = Content(File("out/rows.csv"));
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 3 * 2 * 5);
    for (const auto& row : TableOf(result, "errors")) // of the list, by hand
    {
        if (row.at("group") == "published at 10 M flows, these scenarios")
        {
            const bool m3 = row.at("engine") == "m3";
            EXPECT_NEAR(row.at("mean").get<double>(), m3 ? 0.15 : 0.2, 1e-12);
            EXPECT_NEAR(row.at("signed_mean").get<double>(), m3 ? -0.15 : 0.2, 1e-12);
        }
    }
    std::map<std::string, int> parts; // each divides the three scenarios
    for (const auto& row : TableOf(result, "parts"))
    {
        parts[row.at("part")] += row.at("scenarios").get<int>();
    }
    EXPECT_EQ(parts.size(), 5U);
    for (const auto& [part, scenarios] : parts)
    {
        EXPECT_EQ(scenarios, 3) << part;
    }
    for (const char* picture : {"errors", "over-load", "over-window_kb", "classes", "times", "worst"})
    {
        EXPECT_GT(std::filesystem::file_size(File(std::string("out/") + picture + ".png")), 1000U) << picture;
    }
}

TEST_F(Eval, IntervalsThatHoldPacketsAreCounted)
{
    const Outcome outcome = Start("m3-eval", Sensitivity("--count=4000 --engines=packet,flowsim,m3-network"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    std::map<std::string, std::vector<bool>> held; // by class
    for (const auto& row : TableOf(Result(), "rows"))
    {
        const Json& low = row.at("p99_low");
        if (row.at("engine") == "m3-network" && !low.is_null() && row.at("p99_high") > low)
        {
            const double truth = row.at("packet_p99");
            held[row.at("class")].push_back(low.get<double>() <= truth && truth <= row.at("p99_high").get<double>());
        }
    }
    const auto rows = TableOf(Result(), "intervals");
    EXPECT_EQ(rows.size(), held.size());
    ASSERT_GT(rows.size(), 2U);
    for (const auto& row : rows)
    {
        EXPECT_EQ(row.at("engine"), "m3-network") << "of the others nothing is known";
        const std::vector<bool>& of = held[row.at("class")];
        ASSERT_EQ(row.at("p99_intervals"), of.size());
        EXPECT_NEAR(row.at("p99_held").get<double>() * static_cast<double>(of.size()),
                    static_cast<double>(std::count(of.begin(), of.end(), true)),
                    1e-9);
        EXPECT_GT(row.at("p99_reach"), 0);
    }
}

TEST_F(Eval, AnswersThatAreKeptAreNotFoundAgain)
{
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=2")).code, 0);
    const auto first = Snapshot(File("kept"));
    EXPECT_EQ(first.size(), 2U * 2);
    const std::string result = Content(File("out/result.json"));
    std::filesystem::remove_all(File("out"));
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=2")).code, 0);
    EXPECT_EQ(Snapshot(File("kept")), first);
    EXPECT_EQ(Content(File("out/result.json")), result);
    // more scenarios go on from these
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=3")).code, 0);
    auto more = Snapshot(File("kept"));
    EXPECT_EQ(more.size(), 3U * 2);
    for (const auto& [name, file] : first)
    {
        EXPECT_EQ(more[name], file) << name;
    }
    // what an interrupted run lacks is made as it was
    const std::string missing = first.begin()->first;
    std::filesystem::remove(File("kept/" + missing));
    Outcome outcome = Start("m3-eval", Sensitivity("--scenarios=3 --only-kept"));
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("1 runs of 3 scenarios are missing"), std::string::npos) << outcome.output;
    EXPECT_EQ(TableOf(Result(), "rows").size(), 2U * 2 * 5);
    outcome = Start("m3-eval", Sensitivity("--scenarios=3"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    const Json before = Json::parse(first.begin()->second.first);
    const Json after = Json::parse(Content(File("kept/" + missing)));
    EXPECT_EQ(after.at("of"), before.at("of"));
    EXPECT_EQ(after.at("answer").at("rows"), before.at("answer").at("rows"));
    // other flows, a mode or a control are other answers
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=3 --count=300")).code, 0);
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=3 --mode=hpcc")).code, 0);
    EXPECT_EQ(Snapshot(File("kept")).size(), 3U * 3 * 2);
}

TEST_F(Eval, MatricesOfAUserReplaceTheModules)
{
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=1")).code, 0);
    const std::string matrix = TableOf(Result(), "rows").at(0).at("matrix");
    const std::string own = Content(File("out/rows.csv"));
    const std::string shipped =
        std::string(M3_MODULE_DIR) + "/traces/matrix-" + static_cast<char>(std::tolower(matrix[0])) + ".json";
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=1 --matrices=" + matrix + "=" + shipped)).code, 0);
    EXPECT_EQ(Content(File("out/rows.csv")), own);
    EXPECT_EQ(Snapshot(File("kept")).size(), 2U);
    Write("two.json", R"({"matrix": {"inner": [[0, 1], [1, 0]]}})");
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=1 --matrices=" + matrix + "=" + File("two.json"))).code, 0);
    EXPECT_NE(Content(File("out/rows.csv")), own);
    EXPECT_EQ(Snapshot(File("kept")).size(), 4U);
    EXPECT_NE(Result().dump().find(matrix + ": two.json (content "), std::string::npos);
}

TEST_F(Eval, DamagedAnswersAreRefused)
{
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=1")).code, 0);
    std::string flowsim;
    for (const auto& [name, file] : Snapshot(File("kept")))
    {
        flowsim = name.rfind("flowsim", 0) == 0 ? "kept/" + name : flowsim;
    }
    const std::string whole = Content(File(flowsim));
    Write(flowsim, whole.substr(0, whole.size() / 2));
    ExpectRefused("m3-eval", Sensitivity("--scenarios=1"), flowsim + ": is damaged");
    Json changed = Json::parse(whole);
    changed["answer"]["seconds"] = 1e6;
    Write(flowsim, changed.dump());
    ExpectRefused("m3-eval", Sensitivity("--scenarios=1"), "is damaged");
    Write(flowsim, "");
    ExpectRefused("m3-eval", Sensitivity("--scenarios=1"), "is damaged");
    std::filesystem::remove(File(flowsim));
    EXPECT_EQ(Start("m3-eval", Sensitivity("--scenarios=1")).code, 0);
}

TEST_F(Eval, WrongInputGivesOneLine)
{
    ExpectRefused("m3-eval", "", "needs a command");
    ExpectRefused("m3-eval", "everything", "unknown command 'everything'");
    ExpectRefused("m3-eval", "sensitivity", "--list");
    ExpectRefused("m3-eval", Sensitivity("--engines=packet,magic"), "unknown engine 'magic'");
    ExpectRefused("m3-eval", Sensitivity("--engines=flowsim,m3"), "must begin with packet");
    ExpectRefused("m3-eval", Sensitivity("--engines=packet"), "compare");
    ExpectRefused("m3-eval", Sensitivity("--mode=fast"), "--mode");
    ExpectRefused("m3-eval", Sensitivity("--scenarios=4"), "has only 3 scenarios");
    ExpectRefused("m3-eval", Sensitivity("--matrices=D=list.csv"), "--matrices");
    ExpectRefused("m3-eval", Sensitivity("--matrices=A=" + File("list.csv")), "list.csv: matrix.inner");
    ExpectRefused("m3-eval", Sensitivity("--cc=reno"), "unknown congestion control 'reno'");
    ExpectRefused("m3-eval",
                  Sensitivity("--engines=packet,m3 --checkpoint=" + File("none.pt")),
                  "none.pt: cannot be read");
    ExpectRefused("m3-eval", "drawn --count=0", "count");
    ExpectRefused("m3-eval", "page --in=" + folder.string(), "result.json: is not a result");
    const auto expect = [&](const std::string& row, const std::string& message)
    {
        WriteList(row + "\n");
        ExpectRefused("m3-eval", Sensitivity(""), message);
    };
    expect("7,E,webserver,1.0,0.4,2:1,15000,1,10,400,0.1,-0.05", "list.csv:2: matrix");
    expect("7,A,video,1.0,0.4,2:1,15000,1,10,400,0.1,-0.05", "list.csv:2: sizes");
    expect("7,A,webserver,1.0,1.4,2:1,15000,1,10,400,0.1,-0.05", "list.csv:2: load");
    expect("7,A,webserver,1.0,0.4,3:1,15000,1,10,400,0.1,-0.05", "list.csv:2: oversubscription");
    expect("7,A,webserver,1.0,0.4,2:1,15000,1,10,400,0.1", "list.csv:2: row");
    expect("", "has only 0 scenarios");
}

TEST_F(Eval, ThePageHasTheFiguresOfTheResults)
{
    const std::string page = File("docs/results.md");
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=2 --seed=3 --page=" + page)).code, 0);
    const Json sensitivity = Result();
    Outcome outcome =
        Start("m3-eval",
              "drawn --scenarios=1 --count=400 --cc=hpcc --engines=packet,flowsim --rerun --out=" + File("drawn"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    outcome = Start("m3-eval", "page --in=" + File("drawn") + " --page=" + page);
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    // other numbers of flows have a section of their own
    ASSERT_EQ(Start("m3-eval", Sensitivity("--scenarios=1 --engines=packet,flowsim --count=300 --page=" + page)).code,
              0);
    const std::string text = Content(page);
    EXPECT_NE(text.find("standard mode, 300 flows"), std::string::npos);
    for (const Json& result : {sensitivity, Result("drawn")})
    {
        EXPECT_NE(text.find("## " + result.at("title").get<std::string>()), std::string::npos);
        for (const Json& fact : result.at("facts"))
        {
            EXPECT_NE(text.find(fact.at(1).get<std::string>()), std::string::npos) << fact;
        }
        for (const auto& row : TableOf(result, "errors"))
        {
            const std::string line =
                "| " + row.at("group").get<std::string>() + " | " + row.at("engine").get<std::string>() + " | " +
                std::to_string(row.at("scenarios").get<int>()) + " | " + Percent(row.at("mean"), "%.1f") + " | " +
                Percent(row.at("median"), "%.1f") + " | " + Percent(row.at("p90"), "%.1f") + " | " +
                Percent(row.at("worst"), "%.1f") + " | " + Percent(row.at("signed_mean"), "%+.1f") + " | ";
            EXPECT_NE(text.find(line), std::string::npos) << line;
        }
        for (const Json& table : result.at("tables"))
        {
            const std::string file = "results/" + result.at("section").get<std::string>() + "/" +
                                     table.at("name").get<std::string>() + ".csv";
            EXPECT_EQ(text.find("(" + file + ")") != std::string::npos, table.at("on_page").get<bool>()) << file;
            const std::string csv = table.at("on_page") == true ? Content(File("docs/" + file)) : "";
            EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), csv.empty() ? 0 : 1 + table.at("rows").size()) << file;
        }
        for (const Json& picture : result.at("pictures"))
        {
            const std::string file = "results/" + result.at("section").get<std::string>() + "/" +
                                     picture.at("name").get<std::string>() + ".png";
            EXPECT_NE(text.find("(" + file + ")"), std::string::npos) << file;
            EXPECT_LT(std::filesystem::file_size(File("docs/" + file)), 100'000U);
        }
    }
    EXPECT_EQ(text.find(folder.string()), std::string::npos) << "no folder of this machine";
    EXPECT_NE(text.find("m3-eval sensitivity --list=list.csv --count=400"), std::string::npos);
    const Json facts = sensitivity.at("facts");
    EXPECT_NE(std::find(facts.begin(), facts.end(), Json{"Matrices", facts.back().at(1)}), facts.end());
}

TEST_F(Eval, KindsOfScenariosHaveTheErrorsOfTheirRows)
{
    const std::string command = "abroad --kinds=incast,mixed-rates --scenarios=3 --packet-hops=20000 "
                                "--engines=packet,rerun,flowsim --out=" +
                                File("out");
    ASSERT_EQ(Start("m3-eval", command).code, 0);
    const Json result = Result();
    std::map<std::string, std::vector<double>> errors; // of all flows, by kind and engine
    std::set<std::string> scenarios;
    for (const auto& row : TableOf(result, "rows"))
    {
        if (row.at("class") == "all" && row.at("engine") != "packet")
        {
            errors[row.at("group").get<std::string>() + row.at("engine").get<std::string>()].push_back(
                std::abs(row.at("p99").get<double>() / row.at("packet_p99").get<double>() - 1));
            scenarios.insert(row.at("scenario").get<std::string>());
        }
    }
    EXPECT_EQ(scenarios.size(), 6U);
    const auto kinds = TableOf(result, "kinds");
    ASSERT_EQ(kinds.size(), 4U);
    for (const auto& row : kinds)
    {
        const auto& ofRow = errors.at(row.at("kind").get<std::string>() + row.at("engine").get<std::string>());
        ASSERT_EQ(ofRow.size(), 3U);
        EXPECT_EQ(row.at("scenarios"), 3);
        EXPECT_NEAR(row.at("mean").get<double>(), (ofRow[0] + ofRow[1] + ofRow[2]) / 3, 1e-9);
        EXPECT_NEAR(row.at("worst").get<double>(), *std::max_element(ofRow.begin(), ofRow.end()), 1e-9);
        EXPECT_EQ(row.at("intervals"), 0) << "neither engine gives any";
    }
    const std::string before = Content(File("out/rows.csv"));
    ASSERT_EQ(Start("m3-eval", command + " --only-kept").code, 0);
    EXPECT_EQ(Content(File("out/rows.csv")), before) << "answers are known again";
    ExpectRefused("m3-eval", "abroad --kinds=outcast", "unknown kind of scenarios 'outcast'");
}

TEST_F(Eval, CounterfactualsJudgeStepsAndMinima)
{
    const Outcome outcome =
        Start("m3-eval",
              "counterfactual --count=300 --processes=2 --engines=packet,rerun,flowsim --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    const Json result = Result();
    const auto curves = TableOf(result, "curves");
    ASSERT_EQ(curves.size(), 12U);
    EXPECT_EQ(TableOf(result, "slopes").size(), 2U * 5 * 2 * 5); // parameters, classes, engines, steps
    // the table's minimum and directions, from the curve of all flows
    for (const auto& row : TableOf(result, "minima"))
    {
        if (row.at("class") != "all")
        {
            continue;
        }
        double minimum = 1e9;
        double at = 0;
        for (const auto& point : curves)
        {
            if (point.at("parameter") == row.at("parameter") && point.at(row.at("engine")) < minimum)
            {
                minimum = point.at(row.at("engine"));
                at = point.at("value");
            }
        }
        EXPECT_EQ(row.at("minimum_at"), at);
    }
    for (const auto& row : TableOf(result, "signs"))
    {
        EXPECT_NE(row.at("engine"), "rerun");
        EXPECT_GE(row.at("floor"), 0);
        EXPECT_LE(row.at("right"), row.at("steps_beyond_floor"));
        EXPECT_EQ(row.at("steps"), 5);
    }
}

TEST_F(Eval, PathsCountsEachDrawing)
{
    const Outcome outcome =
        Start("m3-eval", "paths --count=600 --scenarios=1 --seeds=2 --paths=5,20 --processes=2 --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    int rows = 0;
    for (const auto& row : TableOf(Result(), "estimates"))
    {
        if (row.at("class") == "all")
        {
            const bool network = row.at("estimate") == "m3-network, all flows";
            EXPECT_EQ(row.at("estimates"), network ? 1 : 2) << row.at("estimate");
            if (network) // everything was looked at
            {
                EXPECT_EQ(row.at("interval_reach"), 0);
                EXPECT_EQ(row.at("holds_all_flows"), 1);
            }
            rows++;
        }
    }
    EXPECT_EQ(rows, 4);
}

TEST_F(Eval, FlowsCountsEveryFlowOnceForEachEngine)
{
    constexpr double FLOWS = 600;
    const Outcome outcome =
        Start("m3-eval",
              "flows --count=600 --scenarios=1 --cc=hpcc,dctcp --engines=packet,rerun,flowsim,m3 --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    const auto rows = TableOf(Result(), "flows");
    ASSERT_EQ(rows.size(), 2U * 5 * 3); // controls, size classes and all, engines
    std::map<std::string, double> flows;
    std::map<std::string, double> sums; // of errors over the flows of the classes
    for (const auto& row : rows)
    {
        const std::string of = row.at("group").get<std::string>() + row.at("engine").get<std::string>();
        if (row.at("engine") == "flowsim" && row.at("flows") > 0)
        {
            EXPECT_EQ(row.at("mean_over_flowsim"), 1);
            EXPECT_EQ(row.at("p90_over_flowsim"), 1);
        }
        if (row.at("class") == "all")
        {
            EXPECT_EQ(row.at("flows"), FLOWS);
            EXPECT_EQ(flows[of], FLOWS);
            EXPECT_NEAR(sums[of] / FLOWS, row.at("mean").get<double>(), 1e-9) << of;
            EXPECT_GT(row.at("mean"), 0) << of;
        }
        else
        {
            flows[of] += row.at("flows").get<double>();
            sums[of] += row.at("flows").get<double>() * row.at("mean").get<double>();
        }
    }
    EXPECT_LT(sums["dctcprerun"], sums["dctcpflowsim"]); // 1 ns changes less than the model does
    ExpectRefused("m3-eval", "flows --engines=packet,m3", "must include flowsim");
    ExpectRefused("m3-eval",
                  "flows --engines=packet,flowsim,m3-paths",
                  "m3-paths gives no completion times of single flows");
    ExpectRefused("m3-eval", "flows --scenarios=0", "must be at least 1");
}

TEST_F(Eval, LargeStandsBesideThePublishedFigures)
{
    const Outcome outcome = Start("m3-eval", "large --count=200 --engines=packet,flowsim --out=" + File("out"));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    const auto rows = TableOf(Result(), "p99");
    ASSERT_EQ(rows.size(), 2U * 2);
    EXPECT_EQ(rows[0].at("published_p99"), 2.043);
    EXPECT_EQ(rows[2].at("published_p99"), 2.443);
    EXPECT_TRUE(rows[1].at("published_p99").is_null()); // flowSim is not among the published figures
    EXPECT_NEAR(rows[1].at("error").get<double>(),
                rows[1].at("p99").get<double>() / rows[0].at("p99").get<double>() - 1,
                1e-12);
    EXPECT_EQ(TableOf(Result(), "classes").size(), 2U * 5);
}
