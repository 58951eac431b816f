// SPDX-License-Identifier: GPL-2.0-only
// Stock ns-3 applications as flows: what they say is read, and what cannot be a flow is named.
#include "ns3/bulk-send-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-generator.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-flows-from-applications.h"
#include "ns3/m3-input-error.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>

using namespace ns3::m3;
using namespace ns3;

namespace
{

/// Three hosts (0, 1, 2) on a switch (3), stock devices and addresses; hosts 4 and 5 on a link of their own.
class Applications : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        Ipv4AddressGenerator::Reset();
        nodes.Create(6);
        InternetStackHelper().Install(nodes);
        PointToPointHelper links;
        links.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
        links.SetChannelAttribute("Delay", StringValue("1us"));
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
        for (const auto& [a, b] : {std::pair(0, 3), std::pair(1, 3), std::pair(2, 3), std::pair(4, 5)})
        {
            const Ipv4InterfaceContainer ends = addresses.Assign(links.Install(nodes.Get(a), nodes.Get(b)));
            address[a] = ends.GetAddress(0);
            address[b] = ends.GetAddress(1);
            addresses.NewNetwork();
        }
    }

    void TearDown() override
    {
        Simulator::Destroy(); // the applications would start in the next test's run
    }

    void Send(uint32_t src, Ipv4Address to, uint64_t bytes, Time start) const
    {
        BulkSendHelper sender("ns3::TcpSocketFactory", InetSocketAddress(to, 9));
        sender.SetAttribute("MaxBytes", UintegerValue(bytes));
        sender.Install(nodes.Get(src)).Start(start);
    }

    void ExpectRefused(const std::string& message) const
    {
        try
        {
            ReadFlows(nodes);
            ADD_FAILURE() << "accepted instead of: " << message;
        }
        catch (const InputError& error)
        {
            EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
        }
    }

    NodeContainer nodes;
    Ipv4Address address[6];
};

} // namespace

TEST_F(Applications, AreReadInTheOrderOfTheirStarts)
{
    PacketSinkHelper("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 9)).Install(nodes);
    Send(0, address[1], 5000, MicroSeconds(30));
    Send(0, address[2], 1, NanoSeconds(7));
    Send(2, address[1], 70'000, MicroSeconds(30));
    Send(5, address[4], 900, Seconds(0));
    const FlowList flows = ReadFlows(nodes);
    const FlowList expected = {{5, 4, 900, 0}, {0, 2, 1, 7}, {0, 1, 5000, 30'000}, {2, 1, 70'000, 30'000}};
    ASSERT_EQ(flows.size(), expected.size());
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        EXPECT_EQ(flows[i].src, expected[i].src) << i;
        EXPECT_EQ(flows[i].dst, expected[i].dst) << i;
        EXPECT_EQ(flows[i].sizeBytes, expected[i].sizeBytes) << i;
        EXPECT_EQ(flows[i].startNs, expected[i].startNs) << i;
    }
    M3Estimator estimator(nodes);
    for (const std::string engine : {"packet", "flowsim", "parsimon", "m3"})
    {
        const SlowdownReport report = estimator.Run(engine, flows);
        EXPECT_EQ(report.FlowCount(), flows.size());
        EXPECT_GE(report.OverallQuantile(0), 1);
        EXPECT_GT(report.OverallQuantile(1), engine == "m3" ? 1 : 1.05) << "two share the link to host 1";
    }
}

TEST_F(Applications, WithoutOneThereAreNoFlows)
{
    ExpectRefused("no node has a BulkSendApplication");
}

TEST_F(Applications, WithoutEndAreNamed)
{
    Send(0, address[1], 100, Seconds(0));
    Send(0, address[1], 0, Seconds(0));
    ExpectRefused("node 0 application 1 (ns3::BulkSendApplication): its MaxBytes is 0");
}

TEST_F(Applications, WithAnUnknownRemoteAreNamed)
{
    Send(2, Ipv4Address("10.9.9.9"), 100, Seconds(0));
    ExpectRefused("node 2 application 0 (ns3::BulkSendApplication): no node has the address of its Remote, 10.9.9.9");
}

TEST_F(Applications, WithAnUnreachableRemoteAreNamed)
{
    Send(0, address[4], 100, Seconds(0));
    ExpectRefused("node 0 application 0 (ns3::BulkSendApplication): no path leads to its Remote, node 4");
}

TEST_F(Applications, ToASwitchOrThemselvesAreNamed)
{
    Send(1, address[1], 100, Seconds(0));
    ExpectRefused("node 1 application 0 (ns3::BulkSendApplication): its Remote is the node itself");
    Send(0, address[3], 100, Seconds(0));
    ExpectRefused("node 0 application 0 (ns3::BulkSendApplication): node 3 is a switch");
}

TEST_F(Applications, WithoutARemoteAreNamed)
{
    ObjectFactory factory("ns3::BulkSendApplication");
    nodes.Get(1)->AddApplication(factory.Create<Application>());
    ExpectRefused("node 1 application 0 (ns3::BulkSendApplication): its Remote is not set");
}
