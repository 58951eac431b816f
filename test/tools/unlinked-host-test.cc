// SPDX-License-Identifier: GPL-2.0-only
// Failed or spare hosts: a host without a link is idle, or named, in every program and mode.
#include "tools/programs.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

class UnlinkedHost : public Programs
{
  protected:
    void SetUp() override
    {
        Programs::SetUp();
        Write("topo.txt", "4 1 2\n3\n1 3 10Gbps 1us 0\n2 3 10Gbps 1us 0\n"); // host 0 has none
        Write("flow.txt", "1\n1 2 3 100 5000 2\n");
    }
};

TEST_F(UnlinkedHost, IsIdleOrNamed)
{
    for (const char* mode : {"hpcc", "standard"})
    {
        const Outcome outcome = Start("m3-packet", "--config=" + File("config.txt") + " --mode=" + mode);
        EXPECT_EQ(outcome.code, 0) << outcome.output;
        EXPECT_NE(outcome.output.find("1 of 1 flows finished"), std::string::npos) << outcome.output;
    }
    const std::string options = "--topology=" + File("topo.txt");
    for (const char* engine : {"packet", "flowsim", "parsimon"})
    {
        ExpectRefused("m3-estimate", options + " --count=10 --engine=" + engine, "node 0 has no link");
    }
    ExpectRefused("m3-compare", options + " --engines=packet --count=10", "node 0 has no link");
    ExpectRefused("m3-datagen", options + " --scenarios=2 --out=" + File("d"), "node 0 has no link");
}

TEST_F(UnlinkedHost, RatesThatNoMapNamesAreToldOf)
{
    Write("topo.txt", "3 1 2\n2\n0 2 400Gbps 1us 0\n1 2 10Gbps 1us 0\n");
    Write("flow.txt", "1\n1 0 3 100 5000 2\n");
    const Outcome outcome = Start("m3-packet", "--config=" + File("config.txt"));
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.output.find("switch ports of 400000000000 bit/s"), std::string::npos) << outcome.output;
    ExpectRefused("m3-packet", "--mode=standard --config=" + File("config.txt"), "400000000000 bit/s");
}
