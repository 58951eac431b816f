// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-program-options.h"

#include <gtest/gtest.h>

#include <sstream>

using namespace ns3::m3;

namespace
{

/// A program with an option of each kind.
struct EveryKind
{
    uint64_t count = 7;
    uint32_t small = 3;
    double load = 0.5;
    double share = 0;
    std::optional<uint64_t> window;
    int64_t delayNs = 1000;
    int64_t tLowNs = 50'000;
    uint64_t rate = 10'000'000'000;
    std::optional<uint64_t> increase;
    std::string mode = "standard";
    std::string out;
    bool pfc = false;
    ProgramOptions options{"Does everything."};

    EveryKind()
    {
        options.Add("count", "how many", count, CountOption(0, 1'000'000'000));
        options.Add("small", "a count of 32 bits", small, CountOption());
        options.Add("load", "of a link", load, RealOption());
        options.Add("share", "of all", share, ShareOption());
        options.Add("window", "of a flow", window, BytesOption());
        options.Add("delay", "of a link, ns", delayNs, TimeOption("ns"));
        options.Add("t-low", "of TIMELY, us", tLowNs, TimeOption("us"));
        options.Add("rate", "of a link", rate, RateOption());
        options.Add("increase", "in Mb/s", increase, RateOption("Mbps"));
        options.Add("mode", "rules", mode, ChoiceOption({"standard", "hpcc"}));
        options.Add("out", "where to write", out, "FOLDER");
        options.Add("pfc", "flow control", pfc);
        options.AddFormerName("number", "count");
    }

    bool Parse(std::vector<const char*> words)
    {
        words.insert(words.begin(), "/bin/m3-everything");
        return options.Parse(static_cast<int>(words.size()), words.data());
    }

    /// What is said of wrong words; "" of right ones.
    static std::string Error(const std::vector<const char*>& words)
    {
        EveryKind program;
        try
        {
            program.Parse(words);
        }
        catch (const InputError& error)
        {
            return error.what();
        }
        return "";
    }
};

} // namespace

TEST(ProgramOptions, ReadValuesWithTheirUnits)
{
    EveryKind program;
    EXPECT_TRUE(program.Parse({"--count=1e4",
                               "--small=12",
                               "--load=0.75",
                               "--share=5%",
                               "--window=10KB",
                               "--delay=5us",
                               "--t-low=60",
                               "--rate=25Gbps",
                               "--increase=50",
                               "--mode=hpcc",
                               "--out=my results"}));
    EXPECT_EQ(program.count, 10'000U);
    EXPECT_EQ(program.small, 12U);
    EXPECT_EQ(program.load, 0.75);
    EXPECT_DOUBLE_EQ(program.share, 0.05);
    EXPECT_EQ(program.window, 10'000U);
    EXPECT_EQ(program.delayNs, 5000);
    EXPECT_EQ(program.tLowNs, 60'000); // a number alone is in us
    EXPECT_EQ(program.rate, 25'000'000'000U);
    EXPECT_EQ(program.increase, 50'000'000U);
    EXPECT_EQ(program.mode, "hpcc");
    EXPECT_EQ(program.out, "my results");
    ASSERT_EQ(program.options.Given().size(), 11U);
    EXPECT_EQ(program.options.Given().front(), (std::pair<std::string, std::string>("count", "1e4")));
}

TEST(ProgramOptions, WhatIsNotGivenKeepsItsValue)
{
    EveryKind program;
    EXPECT_TRUE(program.Parse({}));
    EXPECT_EQ(program.count, 7U);
    EXPECT_FALSE(program.window);
    EXPECT_TRUE(program.options.Given().empty());
}

TEST(ProgramOptions, AValueMayBeTheNextWordAndTheLastOneCounts)
{
    EveryKind program;
    EXPECT_TRUE(program.Parse({"--count", "5", "--window=9", "--window=default", "--count=6"}));
    EXPECT_EQ(program.count, 6U);
    EXPECT_FALSE(program.window);
    EXPECT_TRUE(program.Parse({"--window=9", "--window=-1"})) << "what `default` was once called";
    EXPECT_FALSE(program.window);
    EXPECT_TRUE(program.Parse({"--number=8"})) << "a former name";
    EXPECT_EQ(program.count, 8U);
}

// ns-3's CommandLine toggles: --pfc alone turned off what is on by default
TEST(ProgramOptions, AFlagAloneIsOn)
{
    for (const bool before : {false, true})
    {
        EveryKind program;
        program.pfc = before;
        program.Parse({"--pfc"});
        EXPECT_TRUE(program.pfc);
        for (const char* off : {"--pfc=off", "--pfc=false", "--pfc=0"})
        {
            program.pfc = true;
            program.Parse({off});
            EXPECT_FALSE(program.pfc) << off;
        }
        for (const char* on : {"--pfc=on", "--pfc=true", "--pfc=1"})
        {
            program.pfc = false;
            program.Parse({on});
            EXPECT_TRUE(program.pfc) << on;
        }
    }
}

TEST(ProgramOptions, WrongWordsAreNamed)
{
    EXPECT_EQ(EveryKind::Error({"count=5"}), "unknown argument 'count=5'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"help"}), "unknown argument 'help'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"-count=5"}), "unknown argument '-count=5'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"--"}), "unknown argument '--'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({""}), "unknown argument ''; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"\xE2\x80\x93load=0.9"}), // an en dash
              "unknown argument '\xE2\x80\x93load=0.9'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"a\nb"}), "unknown argument 'a\\x0Ab'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"--counts=5"}), "unknown option '--counts=5'; see --help");
    EXPECT_EQ(EveryKind::Error({"--coun=5"}), "unknown option '--coun=5'; see --help") << "no name is guessed";
    EXPECT_EQ(EveryKind::Error({"--pfc", "off"}), "unknown argument 'off'; options begin with --, see --help");
    EXPECT_EQ(EveryKind::Error({"--out=my", "results"}),
              "unknown argument 'results'; options begin with --, see --help");
}

TEST(ProgramOptions, WrongValuesAreQuoted)
{
    for (const std::string option : {"count", "small", "load", "share", "window", "delay", "t-low", "rate", "increase"})
    {
        for (const std::string text : {"1x", "0,5", "nan", "inf", " 1", "1 ", "0x10", "1e400", "2OO"})
        {
            const std::string word = "--" + option + "=" + text;
            EXPECT_NE(EveryKind::Error({word.c_str()}).find("--" + option + ": '" + text + "' is not"),
                      std::string::npos)
                << word << " gives " << EveryKind::Error({word.c_str()});
        }
    }
    for (const char* word : {"--count=-1", "--small=-1", "--delay=-5", "--rate=-1", "--rate=0", "--window=-5"})
    {
        EXPECT_NE(EveryKind::Error({word}), "") << word;
    }
    EXPECT_EQ(EveryKind::Error({"--count=1e10"}), "--count: must be in 0..1000000000, is 1e10");
    EXPECT_EQ(EveryKind::Error({"--small=4294967296"}), "--small: must be at most 4294967295, is 4294967296");
    EXPECT_EQ(EveryKind::Error({"--load=-1"}).substr(0, 16), "--load: must be ");
    EXPECT_EQ(EveryKind::Error({"--mode=fast"}), "--mode must be standard or hpcc, is fast");
    EXPECT_EQ(EveryKind::Error({"--mode=a\nb"}), "--mode must be standard or hpcc, is a\\x0Ab"); // errors are one line
    EXPECT_EQ(EveryKind::Error({"--pfc=perhaps"}).substr(0, 22), "--pfc: 'perhaps' is no");
    EXPECT_EQ(EveryKind::Error({"--count="}), "--count needs a value: --count=N");
    EXPECT_EQ(EveryKind::Error({"--count"}), "--count needs a value: --count=N");
    EXPECT_EQ(EveryKind::Error({"--count", "--load=1"}), "--count needs a value: --count=N");
    EXPECT_EQ(EveryKind::Error({"--out="}), "--out needs a value: --out=FOLDER");
    EXPECT_EQ(EveryKind::Error({"--pfc="}), "--pfc needs a value");
}

TEST(ProgramOptions, WordsAreTakenWhereTheyAreAskedFor)
{
    std::string folder;
    ProgramOptions options("Looks at a folder.");
    options.AddWord("FOLDER", folder);
    const char* right[] = {"m3-look", "data"};
    EXPECT_TRUE(options.Parse(2, right));
    EXPECT_EQ(folder, "data");
    const char* more[] = {"m3-look", "data", "more"};
    EXPECT_THROW(options.Parse(3, more), InputError);
    const char* none[] = {"m3-look"};
    EXPECT_THROW(options.Parse(1, none), InputError);
}

TEST(ProgramOptions, OthersAreAskedForUnknownOptionsOnly)
{
    EveryKind program;
    std::vector<std::pair<std::string, std::string>> asked;
    program.options.SetOthers(
        [&](const std::string& name, const std::optional<std::string>& value)
        {
            asked.emplace_back(name, value.value_or("none"));
            return name != "nobody";
        },
        "\nothers\n");
    EXPECT_TRUE(program.Parse({"--RngRun=2", "--count=1", "--PrintTypeIds"}));
    EXPECT_EQ(asked, (std::vector<std::pair<std::string, std::string>>{{"RngRun", "2"}, {"PrintTypeIds", "none"}}));
    EXPECT_THROW(program.Parse({"--nobody=1"}), InputError);
}

TEST(ProgramOptions, HelpSaysNameKindAndDefault)
{
    EveryKind program;
    std::ostringstream help;
    program.options.WriteHelp("m3-everything", help);
    for (const char* line : {"Does everything.\n",
                             "Usage: m3-everything ",
                             "\n  --count=N                 how many [7]\n",
                             "\n  --delay=TIME              of a link, ns [1us]\n",
                             "\n  --rate=RATE               of a link [10Gbps]\n",
                             "\n  --window=BYTES            of a flow\n",
                             "\n  --pfc[=on|off]            flow control [off]\n"})
    {
        EXPECT_NE(help.str().find(line), std::string::npos) << line << "\n" << help.str();
    }
}

TEST(ProgramOptions, HelpAndVersionAnswerBeforeErrors)
{
    for (const char* word : {"--help", "-h", "--PrintHelp", "--version"})
    {
        EveryKind program;
        EXPECT_FALSE(program.Parse({"--count=x", word})) << word;
        EXPECT_EQ(program.count, 7U);
    }
}
