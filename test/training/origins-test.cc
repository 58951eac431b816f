// SPDX-License-Identifier: GPL-2.0-only
// Origins of samples and models are kept as one line in files; a line comes back to the byte, whatever it says.
#include "training/origins.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

TEST(SampleOrigin, IsOneLineWithScenarioSeedAndCommit)
{
    const SampleOrigin origin{"8 hosts, dctcp", 12, "84a1487-dirty", "seed 12, network 3"};
    EXPECT_EQ(origin.Description(), "8 hosts, dctcp; data seed 12 at commit 84a1487-dirty");
    EXPECT_EQ(origin.DrawingText(), "12 at commit 84a1487-dirty");
    EXPECT_EQ(SampleOrigin{}.DrawingText(), "unknown");
}

TEST(SampleOrigin, IsReadFromItsLineAndKeepsItsSettings)
{
    SampleOrigin origin;
    origin.settings = "seed 7";
    origin.SetDescription("a; data seed 1 at commit x; data seed 18 at commit version 1.0 at commit y");
    EXPECT_EQ(origin.scenario, "a; data seed 1 at commit x");
    EXPECT_EQ(origin.seed, 18U);
    EXPECT_EQ(origin.commit, "version 1.0 at commit y");
    EXPECT_EQ(origin.settings, "seed 7");
}

TEST(SampleOrigin, ALineOfAnotherFormIsAllScenario)
{
    for (const char* line : {"",
                             "two flows",
                             "two flows; data seed ",
                             "two flows; data seed 5",
                             "two flows; data seed  at commit 1",
                             "two flows; data seed -5 at commit 1",
                             "two flows; data seed 05 at commit 1",
                             "two flows; data seed 5x at commit 1",
                             "two flows; data seed 99999999999999999999999 at commit 1"})
    {
        SampleOrigin origin{"old", 3, "old", ""};
        origin.SetDescription(line);
        EXPECT_EQ(origin.scenario, line);
        EXPECT_FALSE(origin.seed) << line;
        EXPECT_EQ(origin.commit, "") << line;
        EXPECT_EQ(origin.Description(), line);
    }
}

TEST(ModelOrigin, HoldsTheTrainingsThatItWasFineTunedFrom)
{
    const std::string line = "third; before: second, on more; before: first";
    const ModelOrigin origin = ModelOrigin::FromDescription(line);
    EXPECT_EQ(origin.training, "third");
    EXPECT_EQ(origin.before, (std::vector<std::string>{"second, on more", "first"}));
    EXPECT_EQ(origin.Description(), line);
    EXPECT_TRUE(ModelOrigin::FromDescription("fresh").before.empty());
    EXPECT_EQ(ModelOrigin::FromDescription("").Description(), "");
}

TEST(ModelOrigin, OfAMixNamesCommonTrainingsOnce)
{
    const auto mix = [](const char* one, const char* other)
    { return MixedOrigin(ModelOrigin::FromDescription(one), ModelOrigin::FromDescription(other), 0.25).Description(); };
    EXPECT_EQ(mix("a; before: x; before: y", "b; before: z; before: y"),
              "0.25 of (a; before: x) and 0.75 of (b; before: z); before: y");
    EXPECT_EQ(mix("a; before: x", "b; before: x"), "0.25 of (a) and 0.75 of (b); before: x");
    // a model and the one that it was fine-tuned from; unrelated ones; the same one
    EXPECT_EQ(mix("a; before: x; before: y", "x; before: y"), "0.25 of (a; before: x) and 0.75 of (x); before: y");
    EXPECT_EQ(mix("a", "b; before: y"), "0.25 of (a) and 0.75 of (b; before: y)");
    EXPECT_EQ(mix("a; before: y", "a; before: y"), "0.25 of (a) and 0.75 of (a); before: y");
}

TEST(JoinedOrigin, NamesWhatBothHaveLearnedFromOnce)
{
    const auto join = [](const std::string& one, const std::string& other)
    { return JoinedOrigin(ModelOrigin::FromDescription(one), ModelOrigin::FromDescription(other)).Description(); };
    EXPECT_EQ(join("a; before: x; before: y", "b; before: z; before: y"),
              "experts (a; before: x) and (b; before: z); before: y");
    EXPECT_EQ(join("a; before: x", "x"), "experts (a; before: x) and (x)");
}
