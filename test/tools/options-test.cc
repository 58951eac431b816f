// SPDX-License-Identifier: GPL-2.0-only
// The command lines of all programs: wrong words and values give one line and exit code 1, and one name means one
// thing.
#include "tools/programs.h"

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

using namespace ns3::m3;

namespace
{

/// A program and its command.
using Program = std::pair<std::string, std::string>;

const std::vector<Program>& AllPrograms()
{
    static const std::vector<Program> programs{{"m3-compare", ""},
                                               {"m3-estimate", ""},
                                               {"m3-packet", ""},
                                               {"m3-flowsim", ""},
                                               {"m3-first", ""},
                                               {"m3-sweep", ""},
                                               {"m3-datagen", ""},
                                               {"m3-datagen", "inspect"},
                                               {"m3-train", ""},
                                               {"m3-train", "evaluate"},
                                               {"m3-eval", "drawn"},
                                               {"m3-eval", "sensitivity"},
                                               {"m3-eval", "large"},
                                               {"m3-eval", "counterfactual"},
                                               {"m3-eval", "paths"},
                                               {"m3-eval", "flows"},
                                               {"m3-eval", "page"},
                                               {"first-swap", ""},
                                               {"own-topology", ""},
                                               {"own-congestion-control", ""},
                                               {"own-load-balancing", ""},
                                               {"stock-point-to-point", ""}};
    return programs;
}

bool IsBuilt(const Program& program)
{
    return std::filesystem::exists(std::string(M3_BIN_DIR) + "/" + program.first); // m3-train needs LibTorch
}

/// Names and placeholders of the options, as the help has them; the placeholder of a flag is "".
std::map<std::string, std::string> OptionsOf(const Program& program)
{
    const Outcome help = Start(program.first, program.second + " --help");
    EXPECT_EQ(help.code, 0) << program.first << help.output;
    std::map<std::string, std::string> options;
    std::istringstream lines(help.output);
    const std::regex option("  --([a-z][a-z0-9-]*)(\\[=on\\|off\\]|=([A-Z,=]+))?( .*)?");
    for (std::string line; std::getline(lines, line);)
    {
        std::smatch match;
        if (std::regex_match(line, match, option) && match[2].matched)
        {
            options[match[1]] = match[3];
        }
    }
    return options;
}

/// The kind of value that a placeholder stands for, alone or in a list.
std::string KindOf(const std::string& placeholder)
{
    return placeholder.substr(0, placeholder.find(','));
}

class EveryProgram : public ::testing::TestWithParam<Program>
{
  protected:
    void SetUp() override
    {
        if (!IsBuilt(GetParam()))
        {
            GTEST_SKIP() << GetParam().first << " was not built";
        }
    }

    /// Starts the program with one more word. \return the one line that it says; expects exit code 1
    static std::string Refused(const std::string& word)
    {
        const Outcome outcome = Start(GetParam().first, GetParam().second + " '" + word + "'");
        EXPECT_EQ(outcome.code, 1) << word << ": " << outcome.output;
        EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << word << ": " << outcome.output;
        return outcome.output;
    }
};

std::string NameOf(const ::testing::TestParamInfo<Program>& info)
{
    std::string name = info.param.first + info.param.second;
    name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    return name;
}

INSTANTIATE_TEST_SUITE_P(Options, EveryProgram, ::testing::ValuesIn(AllPrograms()), NameOf);

} // namespace

// ns-3's CommandLine reads with >> and ignores what is left: --count=1e4 ran one flow
TEST_P(EveryProgram, NumbersAreReadWhole)
{
    for (const auto& [name, placeholder] : OptionsOf(GetParam()))
    {
        const std::string kind = KindOf(placeholder);
        const std::string option = "--" + name;
        for (const std::string text : {"1x", "nan", "0,5,x"})
        {
            if (kind == "N" || kind == "NUMBER" || kind == "BYTES" || kind == "TIME" || kind == "RATE" ||
                kind == "SHARE" || kind.empty())
            {
                const bool sizes = name == "size-classes" || name == "rates"; // are read with the scenario
                const std::string line = sizes ? option : Refused(option + "=" + text);
                EXPECT_NE(line.find(option), std::string::npos) << line;
            }
        }
        const std::string line = Refused(option + "=");
        EXPECT_NE(line.find(option + " needs a value"), std::string::npos) << line;
    }
}

TEST_P(EveryProgram, WordsThatItDoesNotKnowAreErrors)
{
    for (const std::string word : {"-load=0.9", "--no-such-option=1", "--no-such-option"})
    {
        const std::string line = Refused(word);
        EXPECT_NE(line.find("'" + word + "'"), std::string::npos) << line;
    }
    if (GetParam().second != "inspect")
    {
        for (const std::string word : {"topology=base.txt", "help", "\xE2\x80\x93load=0.9"})
        {
            const std::string line = Refused(word);
            EXPECT_NE(line.find("'" + word + "'"), std::string::npos) << line;
            EXPECT_NE(line.find("--help"), std::string::npos) << line;
        }
    }
}

TEST_P(EveryProgram, SaysTheVersionOfM3)
{
    std::string version;
    std::ifstream(std::string(M3_MODULE_DIR) + "/VERSION") >> version;
    const Outcome outcome = Start(GetParam().first, GetParam().second + " --version");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.output, "m3 " + version + "\n");
}

TEST(ProgramOptionNames, MeanOneThing)
{
    // a flag in most programs, on, off or any in m3-datagen; a folder or one file
    const std::set<std::string> different{"pfc", "in", "out"};
    std::map<std::string, std::pair<std::string, std::string>> kinds; // by name: kind, and who has it
    for (const Program& program : AllPrograms())
    {
        if (!IsBuilt(program))
        {
            continue;
        }
        for (const auto& [name, placeholder] : OptionsOf(program))
        {
            const std::string who = program.first + " " + program.second;
            const auto known = kinds.emplace(name, std::pair(KindOf(placeholder), who)).first;
            EXPECT_TRUE(known->second.first == KindOf(placeholder) || different.count(name))
                << "--" << name << " of " << who << " and " << known->second.second;
        }
    }
    EXPECT_GT(kinds.size(), 60U);
}

TEST_F(Programs, UnitsOfOptionsAreThoseOfPlainNumbers)
{
    const auto p99 = [](const std::string& options)
    {
        const Outcome outcome = Start("m3-estimate", "--engine=packet --racks=2 --hosts=2 --count=500 " + options);
        EXPECT_EQ(outcome.code, 0) << outcome.output;
        return outcome.output.substr(0, outcome.output.find("\ntime ")).substr(outcome.output.find("\np50"));
    };
    EXPECT_EQ(p99("--count=5e2"), p99("--count=500"));
    EXPECT_EQ(p99("--delay=5us"), p99("--delay=5000"));
    EXPECT_NE(p99("--delay=5us"), p99("--delay=5"));
    EXPECT_EQ(p99("--window=10KB"), p99("--window=10000"));
    EXPECT_NE(p99("--window=10KB"), p99("--window=10"));
    EXPECT_EQ(p99("--k=30KB"), p99("--k=30000"));
    EXPECT_EQ(p99("--cc=timely --t-low=40us --t-high=0.1ms"), p99("--cc=timely --t-low=40 --t-high=100"));
    EXPECT_EQ(p99("--cc=hpcc --hpcc-ai=80Mbps"), p99("--cc=hpcc --hpcc-ai=80"));
    EXPECT_EQ(p99("--pfc"), p99(""));
    EXPECT_EQ(p99("--pfc=off --buffer=40KB"), p99("--pfc=0 --buffer=40000"));
    EXPECT_NE(p99("--pfc=off --buffer=40KB"), p99("--pfc --buffer=400KB"));
    const Outcome outcome = Start("m3-estimate", "--pfc --engine=flowsim --racks=2 --hosts=2 --count=100");
    EXPECT_NE(outcome.output.find("PFC on"), std::string::npos) << outcome.output;
}

TEST_F(Programs, GridsAreCheckedLikeOptions)
{
    const std::string sweep = "--racks=2 --hosts=2 --count=400 --grid=";
    for (const std::string value : {"1e4x", "10000,2OOOO", "-5", "nan"})
    {
        ExpectRefused("m3-sweep", sweep + "window=" + value, "--window: '");
    }
    ExpectRefused("m3-sweep", sweep + "cc=hpcc:eta=0.9x", "--eta: '0.9x'");
    ExpectRefused("m3-sweep", sweep + "host-rate=10Gbpss", "--host-rate: '10Gbpss'");
    const Outcome outcome = Start("m3-sweep", sweep + "window=1e4,10KB,default");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_NE(outcome.output.find("\n1e4 "), std::string::npos) << outcome.output;
}

// an option of the configuration beside a config file was ignored
TEST_F(Programs, OptionsGoBeforeAConfigFile)
{
    const auto facts = [&](const std::string& options)
    {
        const std::string page = File("page.html");
        const Outcome outcome =
            Start("m3-compare", "--engines=flowsim --config=" + File("config.txt") + " --report=" + page + options);
        EXPECT_EQ(outcome.code, 0) << outcome.output;
        std::stringstream text;
        text << std::ifstream(page).rdbuf();
        return text.str();
    };
    EXPECT_NE(facts("").find("dctcp"), std::string::npos);
    EXPECT_NE(facts(" --cc=timely --t-low=33us").find("timely, T 33 "), std::string::npos);
    EXPECT_NE(facts(" --window=12KB").find("window 12 KB"), std::string::npos);
}

TEST_F(Programs, ScenariosThatNoMemoryHoldsAreRefused)
{
    ExpectRefused("m3-flowsim", "--in=none --hosts=4294967295", "--hosts: must be in 2..100000");
    ExpectRefused("m3-compare", "--hosts=4294967295", "too large");
    ExpectRefused("m3-compare", "--count=1e10", "--count: must be in 0..1000000000");
}

TEST_F(Programs, BlanksInNamesAreKept)
{
    const Outcome outcome = Start("m3-estimate",
                                  "--engine=flowsim --racks=2 --hosts=2 --count=100 '--out=" + File("my results") +
                                      "' --fct '" + File("my times.csv") + "'");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    EXPECT_TRUE(std::filesystem::exists(File("my results/report.csv")));
    EXPECT_TRUE(std::filesystem::exists(File("my times.csv")));
    EXPECT_FALSE(std::filesystem::exists(File("my")));
}

TEST_F(Programs, Ns3ArgumentsStay)
{
    EXPECT_NE(Start("m3-compare", "--PrintTypeIds").output.find("ns3::m3::RdmaNetwork"), std::string::npos);
    EXPECT_NE(Start("m3-compare", "--PrintGlobals").output.find("RngRun"), std::string::npos);
    EXPECT_NE(Start("m3-compare", "--PrintAttributes=ns3::m3::RdmaNetwork").output.find("DctcpGain"),
              std::string::npos);
    EXPECT_NE(Start("m3-compare", "--PrintHelp").output.find("--spines="), std::string::npos);
    const std::string small = "--racks=2 --hosts=2 --count=100 --engines=flowsim ";
    EXPECT_EQ(Start("m3-compare", small + "--ns3::m3::RdmaNetwork::DctcpGain=0.5").code, 0);
    EXPECT_EQ(Start("m3-compare", small + "--ChecksumEnabled=true").code, 0);
    ExpectRefused("m3-compare", "--ns3::m3::RdmaNetwork::DctcpGain=0.5x", "'0.5x'");
    ExpectRefused("m3-compare", "--ns3::m3::RdmaNetwork::DctcpGain=2", "DctcpGain");
    ExpectRefused("m3-compare", "--ns3::m3::RdmaNetwork::BaseRtt=fast", "'fast'");
    ExpectRefused("m3-compare", "--ns3::m3::RdmaNetwork::MinRate=fast", "'fast'");
    ExpectRefused("m3-compare", "--ns3::m3::RdmaNetwork::Nothing=1", "unknown option");
    ExpectRefused("m3-compare", "--RngRun=1x", "--RngRun: '1x'");
    ExpectRefused("m3-compare", "--RngSeed=0", "--RngSeed: must be at least 1");
    ExpectRefused("m3-compare", "--RngRun", "--RngRun needs a value");
    ExpectRefused("m3-compare", "--PrintAttributes=ns3::Nothing", "'ns3::Nothing' is no type");
}

TEST_F(Programs, ARunOfNs3IsAReplication)
{
    const auto report = [](const std::string& options)
    {
        const Outcome outcome =
            Start("m3-compare",
                  "--racks=2 --hosts=4 --count=1000 --cc=dcqcn --engines=packet,flowsim,parsimon " + options);
        EXPECT_EQ(outcome.code, 0) << outcome.output;
        return outcome.output.substr(0, outcome.output.find("\ntime ")).substr(outcome.output.find("\np50"));
    };
    const std::string first = report("");
    EXPECT_EQ(report("--RngRun=1"), first);
    EXPECT_NE(report("--RngRun=2"), first);
    EXPECT_EQ(report("--RngRun=2"), report("--RngRun=2"));
    EXPECT_NE(report("--RngRun=2"), report("--RngRun=3"));
    EXPECT_NE(report("--RngSeed=2"), first);
}

TEST_F(Programs, TrainingRefusesRatesAndBatchesThatCannotBe)
{
    const std::string train = "--data=" + File("none") + " --checkpoint=" + File("m.pt") + " ";
    for (const char* rate : {"nan", "inf", "-1", "1e-3x"})
    {
        ExpectRefused("m3-train", train + "--rate=" + rate, "--rate: ");
    }
    ExpectRefused("m3-train", train + "--batch=-1", "--batch: '-1'");
    ExpectRefused("m3-train", train + "--batch=0", "--batch: must be at least 1");
    ExpectRefused("m3-train", train + "stray", "unknown argument 'stray'");
}
