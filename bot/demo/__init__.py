"""The demonstration: a throw-away centre, talked to in the terminal or played as a script.

Every institution, person and number in here is invented and bears the word 演示.
"""
