"""A solver on standard input and output, of the library that the Python package `cvc5` is.

Reads SMT-LIB, one command after the other, and answers each at once. Debian's program of the same name is too old for
what cedar-policy-symcc writes, and the package holds no program.
"""

import sys

import cvc5


class Session:
    def __init__(self):
        self.solver = cvc5.Solver()
        self.solver.setOption("tlimit-per", "60000")
        self.parser = cvc5.InputParser(self.solver)

    def say(self, command):
        self.parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, command, "command")
        while True:
            parsed = self.parser.nextCommand()
            if parsed.isNull():
                return
            sys.stdout.write(parsed.invoke(self.solver, self.parser.getSymbolManager()))


def commands(lines):
    """Whole commands: as many lines as it takes until every bracket is closed. Strings and quoted names hold none."""
    text, depth, quote = "", 0, ""
    for line in lines:
        for letter in line:
            if quote:
                quote = "" if letter == quote else quote
            elif letter in "\"|":
                quote = letter
            elif letter == ";":
                break
            else:
                depth += {"(": 1, ")": -1}.get(letter, 0)
        text += line
        if depth == 0 and not quote:
            if text.strip() and not text.lstrip().startswith(";"):
                yield text
            text = ""


session = Session()
for command in commands(sys.stdin):
    if command.strip() == "(reset)":
        session = Session()
    elif command.strip() == "(exit)":
        break
    else:
        session.say(command)
    sys.stdout.flush()
