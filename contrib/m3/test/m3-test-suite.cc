// ns-3's own view of the module, for test.py: public classes once each. The main suite is GoogleTest's.
#include "ns3/fabric-from-nodes.h"
#include "ns3/fabric-helper.h"
#include "ns3/m3-estimator.h"
#include "ns3/test.h"
#include "ns3/workload-helper.h"

using namespace ns3;
using namespace ns3::m3;

namespace
{

NodeContainer SmallNetwork()
{
    LeafSpineShape shape;
    shape.racks = 2;
    shape.hostsPerRack = 4;
    return FabricHelper::LeafSpine(shape);
}

class NodesTestCase : public TestCase
{
  public:
    NodesTestCase()
        : TestCase("a fabric built as nodes is read back")
    {
    }

  private:
    void DoRun() override
    {
        const FabricGraph fabric = ReadFabric(SmallNetwork());
        NS_TEST_ASSERT_MSG_EQ(fabric.Hosts().size(), 8, "hosts");
        NS_TEST_ASSERT_MSG_EQ(fabric.LinkCount(), 2 * (8 + 4), "directed links");
        NS_TEST_ASSERT_MSG_EQ(fabric.HostRate(), 10'000'000'000, "rate of host links");
    }
};

class EnginesTestCase : public TestCase
{
  public:
    EnginesTestCase()
        : TestCase("packet and fluid engine agree on a flow alone and differ under load")
    {
    }

  private:
    void DoRun() override
    {
        const NodeContainer nodes = SmallNetwork();
        M3Estimator estimator(nodes);
        for (Engine engine : {Engine::PACKET, Engine::FLOWSIM})
        {
            const SlowdownReport alone = estimator.Run(engine, {{0, 5, 2000, 0}});
            NS_TEST_ASSERT_MSG_EQ_TOL(alone.OverallQuantile(0.5), 1, 0.001, "slowdown of a flow alone");
        }
        WorkloadHelper workload;
        workload.flows = 1000;
        const FlowList flows = workload.Generate(nodes);
        const double packet = estimator.Run(Engine::PACKET, flows).ClassQuantile(0, 0.99);
        const double fluid = estimator.Run(Engine::FLOWSIM, flows).ClassQuantile(0, 0.99);
        NS_TEST_ASSERT_MSG_GT(packet, fluid, "small flows queue behind packets, which a fluid does not know");
    }
};

class M3TestSuite : public TestSuite
{
  public:
    M3TestSuite()
        : TestSuite("m3")
    {
        AddTestCase(new NodesTestCase);
        AddTestCase(new EnginesTestCase);
    }
};

const M3TestSuite g_m3TestSuite; //!< registers itself

} // namespace
