// SPDX-License-Identifier: GPL-2.0-only
/**
 * A first scenario: 64 hosts, WebServer traffic, and the slowdown of its flows by the engine of your choice.
 *
 *   ./ns3 run "m3-first --engine=packet"
 *   ./ns3 run "m3-first --engine=m3"
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>

using namespace ns3;
using namespace ns3::m3;

int main(int argc, char* argv[])
{
    return RunProgram("m3-first",
                      [&]
                      {
                          std::string engine = "m3";
                          std::string control = "dctcp";
                          double load = 0.5;
                          ProgramOptions options("A first scenario: 64 hosts, WebServer traffic, one engine.");
                          options.Add("engine", EngineNames(), engine, "NAME");
                          options.Add("cc", "dctcp, dcqcn, hpcc, timely or none", control, "NAME");
                          options.Add("load", "load of the most loaded link", load, RealOption());
                          if (!ParseArguments(options, argc, argv))
                          {
                              return 0;
                          }

                          // the network: ns-3 nodes, devices and channels
                          ThreeTierShape shape;
                          shape.pods = 2;
                          shape.racksPerPod = 4;
                          shape.hostsPerRack = 8;
                          NodeContainer nodes = FabricHelper::ThreeTier(shape);

                          // the flows
                          WorkloadHelper workload;
                          workload.sizes = "WebServer";
                          workload.flows = 20000;
                          workload.load = load;
                          FlowList flows = workload.Generate(nodes);

                          // the answer: the same nodes and flows for any engine
                          M3Estimator estimator(nodes);
                          estimator.config.congestionControl = ParseCongestionControl(control);
                          SlowdownReport report = estimator.Run(engine, flows);

                          std::printf("%s: %.2f s\n", engine.c_str(), report.wallSeconds);
                          for (std::size_t i = 0; i < report.Classes().Count(); i++)
                          {
                              std::printf("%-16s %8llu flows, slowdown p50 %6.2f, p99 %6.2f\n",
                                          report.Classes().Name(i).c_str(),
                                          static_cast<unsigned long long>(report.FlowCount(i)),
                                          report.ClassQuantile(i, 0.5),
                                          report.ClassQuantile(i, 0.99));
                          }
                          return 0;
                      });
}
