// SPDX-License-Identifier: GPL-2.0-only
// A parameter is described once: a row of a table of a new congestion control is an option with its help, an attribute,
// a key of HPCC's config files and a row of docs/reference.md.
#include "../input-file.h"
#include "../packet/engine/star.h"
#include "parameter-row.h"

#include "packet/hpcc/hpcc-files.h"

#include "ns3/m3-congestion-control.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-parameter-options.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-rdma-network.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace ns3;
using namespace ns3::m3;

namespace
{

struct TestConfig
{
    uint32_t rounds = 3;
    std::optional<uint64_t> stepBps;
};

const ParameterTable& TestParameters()
{
    static const ParameterTable table = {
        Parameter("test-rounds",
                  "TestRounds",
                  "test rounds",
                  ParameterKind::COUNT,
                  &TestConfig::rounds,
                  "rounds that the test waits")
            .Within(1, 9, "the test waits 1 to 9 rounds")
            .Key("TEST_ROUNDS")
            .HpccDefault(2),
        Parameter("test-step", "TestStep", "test step", ParameterKind::RATE, &TestConfig::stepBps, "step of the test")
            .ScaledByNicRate(5'000'000)
            .RequiredKey("RATE_AI"),
    };
    return table;
}

class Idle : public CongestionControl
{
  public:
    void OnAck(SenderControl&, const AckInfo&) override
    {
    }
};

std::string HelpWithTestControl()
{
    RdmaConfig config;
    ProgramOptions program("Tests.");
    AddParameterOptions(program, config);
    std::ostringstream help;
    program.WriteHelp("test", help);
    return help.str();
}

void ExpectOption()
{
    RdmaConfig config;
    ProgramOptions program("Tests.");
    AddParameterOptions(program, config);
    program.Set("cc", "test-control");
    program.Set("test-rounds", "5");
    program.Set("test-step", "20");
    EXPECT_EQ(config.Of<TestConfig>().rounds, 5U);
    EXPECT_EQ(config.Of<TestConfig>().stepBps, 20'000'000U);
    program.Set("test-step", "default");
    EXPECT_FALSE(config.Of<TestConfig>().stepBps);
    const std::string help = HelpWithTestControl();
    EXPECT_NE(help.find("  --test-rounds=N           rounds that the test waits [3]\n"), std::string::npos) << help;
    EXPECT_NE(help.find("step of the test (default: 5 Mb/s per 10 Gb/s)"), std::string::npos) << help;
    EXPECT_NE(help.find("test-control"), std::string::npos) << help;
}

void ExpectAttribute()
{
    auto network = CreateObject<RdmaNetwork>();
    EXPECT_EQ(network->Config().Of<TestConfig>().rounds, 3U);
    EXPECT_FALSE(network->Config().Of<TestConfig>().stepBps);
    network->SetAttribute("CongestionControl", StringValue("test-control"));
    network->SetAttribute("TestRounds", UintegerValue(4));
    network->SetAttribute("TestStep", StringValue("7Mbps"));
    EXPECT_EQ(network->Config().Of<TestConfig>().rounds, 4U);
    EXPECT_EQ(network->Config().Of<TestConfig>().stepBps, 7'000'000U);
    EXPECT_FALSE(network->SetAttributeFailSafe("TestRounds", UintegerValue(10)));
    UintegerValue rounds;
    network->GetAttribute("TestRounds", rounds);
    EXPECT_EQ(rounds.Get(), 4U);
}

void ExpectKey()
{
    const auto read = [](const std::string& text) {
        return ReadHpccConfig(WriteInput("config.txt", text), {"topology", "flows"}).config;
    };
    EXPECT_EQ(read("CC_MODE 0\n").Of<TestConfig>().rounds, 2U) << "the default of HPCC's config files";
    EXPECT_EQ(read("CC_MODE 0\nTEST_ROUNDS 7\n").Of<TestConfig>().rounds, 7U);
    EXPECT_THROW(read("CC_MODE 0\nTEST_ROUNDS 10\n"), InputError);
}

void ExpectConfiguration(CongestionControlType type, const uint32_t& made)
{
    const FabricGraph fabric = Star(3, 10'000'000'000);
    RdmaConfig config;
    config.congestionControl = type;
    config.Of<TestConfig>().rounds = 6;
    const RouteTable routes(fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(fabric, routes);
    const RdmaConfig atNic = resolved.AtNic(20'000'000'000);
    EXPECT_EQ(atNic.Of<TestConfig>().stepBps, 10'000'000U);
    MakeCongestionControlFactory(atNic)(20'000'000'000);
    EXPECT_EQ(made, 6U) << "the control is made with its values";
    config.Of<TestConfig>().rounds = 0;
    EXPECT_THROW(config.Resolve(fabric, routes), InputError);
    config.congestionControl = CongestionControlType::DCTCP;
    config.Resolve(fabric, routes); // which does not look at it
}

/// Ends the process, with 0 if all is as expected.
void RegisterTestControl()
{
    static uint32_t made = 0;
    ControlDescription control;
    control.name = "test-control";
    control.parameters = {&TestParameters()};
    control.make = [](const RdmaConfig& config, uint64_t)
    {
        made = config.Of<TestConfig>().rounds;
        return std::make_unique<Idle>();
    };
    const CongestionControlType type = AddControl(control);
    ExpectOption();
    ExpectAttribute();
    ExpectKey();
    ExpectConfiguration(type, made);
    EXPECT_EQ(ParameterRow(TestParameters().front()),
              "| `--test-rounds` | `TestRounds` | `TEST_ROUNDS` | 3 | rounds that the test waits |");
    control.name = "another";
    AddControl(control); // the same table: one set of parameters for both
    static const ParameterTable taken = {
        Parameter("k", "TestK", "test K", ParameterKind::COUNT, &TestConfig::rounds, "a name that DCTCP has")};
    control.name = "third";
    control.parameters = {&taken};
    EXPECT_THROW(AddControl(control), InputError);
    std::exit(testing::Test::HasFailure() ? 1 : 0);
}

} // namespace

TEST(Parameters, OfANewControlAreOptionsAttributesKeysAndRowsOfTheReference)
{
    // in a process of its own, for a control stays known
    EXPECT_EXIT(RegisterTestControl(), testing::ExitedWithCode(0), "");
}

TEST(Parameters, AreThoseOfTheReference)
{
    std::ifstream reference(std::string(M3_MODULE_DIR) + "/../../docs/reference.md");
    const std::string head = "| option | attribute | key | default | what it is |";
    std::string line;
    while (std::getline(reference, line) && line != head)
    {
    }
    std::getline(reference, line); // under the head
    std::vector<std::string> rows;
    while (std::getline(reference, line) && !line.empty())
    {
        rows.push_back(line);
    }
    std::vector<std::string> expected;
    std::string table;
    for (const Parameter* parameter : AllParameters())
    {
        expected.push_back(ParameterRow(*parameter));
        table += expected.back() + "\n";
    }
    EXPECT_EQ(rows, expected) << "the table should be:\n" << head << "\n|---|---|---|---|---|\n" << table;
}

TEST(Parameters, HaveNamesOfTheirOwn)
{
    std::set<std::string> names;
    for (const Parameter* parameter : AllParameters())
    {
        EXPECT_TRUE(names.insert(parameter->option).second) << parameter->option;
        EXPECT_TRUE(names.insert(parameter->attribute).second) << parameter->attribute;
        EXPECT_FALSE(parameter->text.empty()) << parameter->option;
        EXPECT_FALSE(parameter->DefaultText().empty()) << parameter->option;
    }
}
