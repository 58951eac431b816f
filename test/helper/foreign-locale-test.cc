// SPDX-License-Identifier: GPL-2.0-only
// A script may call std::setlocale and std::locale::global, as graphical libraries do: what is read and written stays
// the same to the byte.
#include "foreign-locale.h"
#include "temporary-folder.h"

#include "fabric/topology-file.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-html-report.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-text-file.h"
#include "ns3/m3-workload-helper.h"
#include "packet/hpcc/hpcc-files.h"
#include "workload/flow-file.h"
#include "workload/traffic-matrix.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>

using namespace ns3::m3;

namespace
{

std::string WholeFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// Everything that a scenario comes to, by what wrote it.
std::map<std::string, std::string> EverythingWritten(const std::optional<std::vector<SlowdownReport>>& given,
                                                     std::vector<SlowdownReport>& reports)
{
    const auto folder = TemporaryFolder() / "foreign-locale";
    std::filesystem::create_directories(folder);
    const auto file = [&](const char* name) { return (folder / name).string(); };
    LeafSpineShape shape;
    shape.fabricBps = 2'500'000'000;
    const auto nodes = FabricHelper::LeafSpine(shape);
    WorkloadHelper workload;
    workload.flows = 1500; // a count with a separator in other locales
    workload.matrix = file("matrix.json");
    std::ofstream(workload.matrix) << R"({"matrix": {"inner": [[0.25, 1.75], [1e-1, 0]]}})";
    workload.sizes = "lognormal:2000.5,1.25";
    M3Estimator estimator(nodes);
    const FabricGraph& fabric = estimator.Fabric();
    const FlowList flows = WorkloadHelper(workload).Generate(fabric);
    workload.sizes = "WebServer"; // whose table has fractions of a percent
    const FlowList tableFlows = workload.Generate(fabric);
    reports =
        given ? *given : std::vector<SlowdownReport>{estimator.Run("packet", flows), estimator.Run("flowsim", flows)};
    std::map<std::string, std::string> written;
    const auto add = [&](const char* name, const std::function<void(std::ostream&)>& write)
    {
        std::ostringstream out; // of the caller's locale
        write(out);
        written[name] = out.str();
    };
    add("table", [&](std::ostream& out) { PrintComparison(reports, out); });
    add("csv", [&](std::ostream& out) { WriteReportCsv(reports, out); });
    add("json", [&](std::ostream& out) { WriteReportJson(reports, out); });
    add("html", [&](std::ostream& out) { WriteReportHtml(reports, {}, out); });
    WriteTopologyFile(fabric, file("topology"));
    WriteFlowFile(flows, file("flows"), StartTimes::SECONDS);
    WriteFlowFile(tableFlows, file("table-flows"), StartTimes::NANOSECONDS);
    const FabricGraph readFabric = ReadTopologyFile(file("topology"));
    WriteTopologyFile(readFabric, file("topology-read"));
    WriteFlowFile(ReadFlowFile(file("flows"), readFabric, StartTimes::SECONDS),
                  file("flows-read"),
                  StartTimes::SECONDS);
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    const PacketResult result = RunPacketSimulation(fabric, config, flows);
    WriteHpccFct(fabric, config, flows, result, {}, file("fct"));
    WriteHpccPfc(fabric, result, file("pfc"));
    try
    {
        workload.load = 1234.5;
        workload.Generate(fabric);
    }
    catch (const InputError& error)
    {
        written["error"] = error.what();
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder))
    {
        written[entry.path().filename().string()] = WholeFile(entry.path());
    }
    std::filesystem::remove_all(folder);
    return written;
}

} // namespace

TEST(ForeignLocale, NothingReadOrWrittenChanges)
{
    std::vector<SlowdownReport> reports;
    const auto expected = EverythingWritten({}, reports);
    EXPECT_EQ(expected.size(), 13U);
    EXPECT_EQ(expected.at("topology"), expected.at("topology-read"));
    EXPECT_EQ(expected.at("flows"), expected.at("flows-read"));
    EXPECT_NE(expected.at("error").find("1234.5"), std::string::npos);
    for (const auto& [name, text] : expected)
    {
        EXPECT_FALSE(text.empty() && name != "pfc") << name;
    }
    const ForeignLocale foreign;
    std::vector<SlowdownReport> same;
    const auto written = EverythingWritten(reports, same);
    ASSERT_EQ(written.size(), expected.size());
    for (const auto& [name, text] : expected)
    {
        EXPECT_EQ(written.at(name), text) << name;
    }
}

TEST(ForeignLocale, TheCLibraryWritesAComma)
{
    const ForeignLocale foreign;
    if (!foreign.CLibraryHasComma())
    {
        GTEST_SKIP() << "no locale with a decimal comma here; localedef -i de_DE -f UTF-8 makes one";
    }
    char text[8];
    std::snprintf(text, sizeof text, "%.1f", 1.5);
    EXPECT_STREQ(text, "1,5") << "so the test above has shown something";
}
