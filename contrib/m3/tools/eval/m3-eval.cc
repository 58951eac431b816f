// SPDX-License-Identifier: GPL-2.0-only
/**
 * Accuracy of the engines on held-out networks and traffic, in suites that repeat the published evaluations. A suite
 * runs scenarios through the packet engine and other engines, keeps every answer, so that it continues after an
 * interruption, and writes tables, plots and a page.
 *
 *   ./ns3 run "m3-eval drawn --scenarios=8 --count=50000"
 *   ./ns3 run "m3-eval sensitivity --list=sensitivity-192.csv --scenarios=48 --keep=answers --out=result"
 *   ./ns3 run "m3-eval abroad --scenarios=10 --out=abroad"
 *   ./ns3 run "m3-eval large --count=1000000 --out=large"
 *   ./ns3 run "m3-eval counterfactual --out=counterfactual"
 *   ./ns3 run "m3-eval paths --out=paths"
 *   ./ns3 run "m3-eval flows --out=flows"
 *   ./ns3 run "m3-eval page --in=result,large,counterfactual,paths --page=docs/results.md"
 */
#include "eval-suites.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-run-program.h"

#include <string>
#include <utility>

using namespace ns3::m3;
using namespace ns3::m3::eval;

int main(int argc, char* argv[])
{
    return RunProgram("m3-eval",
                      [&]
                      {
                          constexpr std::pair<const char*, std::unique_ptr<Command> (*)()> COMMANDS[] = {
                              {"drawn", MakeDrawn},
                              {"abroad", MakeAbroad},
                              {"sensitivity", MakeSensitivity},
                              {"large", MakeLarge},
                              {"counterfactual", MakeCounterfactual},
                              {"paths", MakePaths},
                              {"flows", MakeFlows},
                              {"page", MakePage}};
                          const std::string command = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
                          std::string names;
                          for (const auto& [name, make] : COMMANDS)
                          {
                              if (command == name)
                              {
                                  std::string program = "m3-eval " + command;
                                  argv[1] = program.data();
                                  return make()->Main(argc - 1, argv + 1);
                              }
                              names += (names.empty() ? "" : ", ") + std::string(name);
                          }
                          ProgramOptions program("Accuracy of the engines on held-out networks and traffic. Commands, "
                                                 "each with --help: " +
                                                 names + ".");
                          if (command.empty() && !ParseArguments(program, argc, argv))
                          {
                              return 0;
                          }
                          throw InputError((command.empty() ? "needs a command" : "unknown command '" + command + "'") +
                                           "; there are " + names + ", each with --help");
                      });
}
